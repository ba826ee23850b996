"""What people wrote after a contact: parts that combine, so that no two pages read alike.

{first} the person, {goods} something they bought, {medium} what their pumps move, {city} and {month}
of those the story names, {n} a small number.
"""

from __future__ import annotations

GOOD = (
    "All is running well; {first} says the {goods} has not stopped once since {month}.",
    "{first} is pleased: the {medium} line makes its numbers again.",
    "Very friendly. They show the {goods} to visitors, and nobody asks about the price.",
    "Short and cheerful. Nothing to complain about, the last delivery came a day early.",
    "{first} thanked us for the quick help in {month}. The night shift has had no alarm since.",
    "The trial with {medium} worked. They want to move the second line over next year.",
    "Good mood. The auditors praised the dosing records, and {first} got the credit.",
    "They saved about {n} % of {medium} since the change and will put that in their annual report.",
    "Everything in order. {first} asked after our family days, we talked about sailing.",
    "{first} has recommended us to the plant next door without being asked.",
)
NEUTRAL = (
    "Nothing new. Production runs in two shifts, the {goods} does what it should.",
    "{first} had five minutes between meetings. Orders are level, no project before the budget round.",
    "Went through the open points. {n} of them are done, the rest waits for their electrician.",
    "They are rebuilding the hall and everything else waits. Wants to hear from us afterwards.",
    "Asked how the {medium} line behaves. No figures at hand; {first} will look them up.",
    "Talked about lead times. They keep {n} spare seals on the shelf now, which is enough.",
    "{first} is new in the job and asked a lot. Explained who does what on our side.",
    "They compare us with a cheaper offer but like that somebody picks up the phone here.",
    "The plant in {city} closes for a fortnight; after that they plan the stocktaking.",
    "Budget is decided in {month}. Until then only spare parts.",
    "{first} forwarded the maintenance plan. Two of our pumps are on it.",
    "Changed the delivery address to gate {n}, and the invoices go to the shared mailbox.",
    "Spoke about training for the new operators; {first} counts heads and comes back.",
    "Their purchasing wants everything in one frame contract. We agreed on the numbers to compare.",
)
BAD = (
    "Not happy: the {goods} drips again and the second visit did not cure it.",
    "{first} was short with me. The spare part came {n} days late and the line stood still.",
    "Annoyed about the invoice: freight was charged although we had agreed on free delivery.",
    "They had an alarm every night this week. {first} wants somebody on site, not another e-mail.",
    "Says the manual for the {goods} is hard to understand and the hotline was busy twice.",
    "Consumption of {medium} went up {n} % after the overhaul. They suspect our calibration.",
    "The new control unit lost its settings after a power cut. {first} asks who pays for the wasted batch.",
)
DETAIL = (
    "They now run three shifts.",
    "A second site in {city} may follow.",
    "The maintenance window is the last Friday of the month.",
    "{first} decides up to 10,000 EUR alone.",
    "Stock of seals: {n} sets.",
    "New colleague starts in {month}.",
    "They measure {medium} by hand once a shift and would like to stop that.",
    "Competitor was there last week.",
    "The old {goods} goes to their training workshop.",
    "Prefers calls before nine.",
    "On parental leave from {month}.",
    "The works council asked about noise.",
    "They were mentioned in the regional paper.",
    "Fair in {month}: both of us will be there.",
    "Energy prices hurt them.",
    "Their biggest customer has moved to weekly deliveries.",
    "",
    "",
    "",
    "",
    "",
)
CLOSE = (
    "I send the data sheet.",
    "Agreed to talk again as usual.",
    "We look at it together at the next visit.",
    "{first} rings if anything turns up.",
    "I ask service for the report.",
    "No action needed.",
    "They get an offer for {n} seal kits.",
    "Next time bring the drawing.",
    "I check the delivery date.",
    "Sends me the photos.",
    "Will introduce me to the plant manager.",
    "Quote by the end of the week.",
    "",
    "",
    "",
)
WEEK = (
    "Commissioning went smoothly, {first} has two questions about the alarm list; answered both.",
    "Installed on Tuesday. Training for the late shift is wanted, I offered a date.",
    "Pump runs. The dosing function for {medium} is not used yet: showed {first} where it is.",
    "Goods complete, one hose was short and is on its way. Happy with the fitter.",
)
MONTH = (
    "One month in: settings are stable and {first} would tell others about us.",
    "First month without a stop. The question about calibration is solved.",
    "They are content. {first} names a colleague in {city} who has the same trouble with {medium}.",
    "Works as promised. Wants to wait with further plans until the figures for the quarter are there.",
)
MEETING = (
    "Visited the plant in {city}. Walked the {medium} line with {first}; agreed on a trial of the {goods}.",
    "Annual talk at theirs: volumes, prices, service times. Good atmosphere, minutes sent.",
    "Showed the {goods} to six operators. Many questions, two ideas for our developers.",
    "Quarterly meeting: {n} open points, all with a name and a date. Their management joined for an hour.",
    "Met {first} and the new purchaser. Handed over the service statistics; they will compare.",
)
MAIL_OUT = (
    "Sent the offer for {n} seal kits.",
    "Asked whether all is well with the {goods}.",
    "Sent the certificates for {medium}.",
    "Thank-you note after the call, with what we agreed.",
    "Invited {first} to the operator day.",
    "Sent the new opening hours of the service desk.",
    "Delivery date confirmed for {month}.",
    "Sent the drawing of the flange and the torque table.",
)
MAIL_IN = (
    "{first} asks for a data sheet of the {goods}.",
    "Order confirmation received and correct.",
    "{first} writes that the {medium} trial starts on Monday.",
    "Asks to move the visit by a week.",
    "Wants the invoice split by cost centre.",
    "Sent photos of the installation.",
)
CHECK_IN = (
    "Asked whether all is well with the {goods}; {first} answered within the hour: it is.",
    "Short mail: is everything as it should be? Mentioned the new seals for {medium}.",
    "Checked in by e-mail. {first} sends greetings and no wishes.",
    "Asked how the summer shutdown went and whether the {goods} came up again without trouble.",
    "A line to {first} with the tip about flushing after {medium}. No reply needed.",
)
GREETING = (
    "Sent the summer card, handwritten, to {first} and the shift.",
    "Box of {city} biscuits for the control room.",
    "Card and a small bottle opener; {first} collects them.",
    "Summer card with a line about the hall they built.",
)
CALL_BACK = (
    "Bad moment, crane in the hall. Ring again {when}.",
    "{first} asked me to ring {when}, offer at hand.",
    "Was just going into a meeting: {when} suits better.",
    "{first} wants the whole team at the phone, {when}.",
)
TODOS = (
    "Send the drawing of the flange",
    "Ask the factory about the delivery week",
    "Prepare the comparison of prices",
    "Book the room for the operator day",
    "Find the report of the last overhaul",
    "Order two seal kits for the shelf",
)
SKIPPED = (
    "In the middle of a plant shutdown, they asked for peace",
    "Talked at the fair last week",
    "Their year-end closing, resumes with the next one",
)
SNOOZED = (
    "On leave until then",
    "Waiting for the service report",
    "Wants to be asked after the stocktaking",
)
NO_ANSWER = (
    "Rang out.",
    "In a meeting all day, says the switchboard.",
    "Engaged, three tries.",
    "On holiday until Monday.",
    "Not at the desk; no voicemail.",
    "Line busy.",
)
VOICEMAIL = (
    "Left a message, asked for a call back.",
    "Spoke on the voicemail about the offer.",
)
SERVICE = (
    "Service desk: helped {first} to reset the {goods} by phone, ten minutes.",
    "Service desk: asked for the torque of the head screws. Sent page {n} of the manual.",
    "Service desk: spare part ordered through us, tracking number sent.",
    "Service desk: alarm E{n} explained, sensor was dirty.",
    "Service desk: wants to know the hours of the hotline at Easter.",
)
NOTE = (
    "{first} is back from leave on the first.",
    "Reception moved to the new building, ring gate {n}.",
    "Purchasing only answers in writing before quarter's end.",
    "Heard from the fitter: a second {goods} stands unused in the cellar.",
    "Their fiscal year ends in {month}.",
    "Parking only behind the silo.",
    "Uses first names.",
    "Website says they are looking for {n} people for the {medium} line.",
)
PROSPECT = (
    "Uses a competitor's pumps and is content. May ring again after the next shutdown.",
    "Interested in the {goods}, but the project is only planned for next year.",
    "{first} met us at the fair and wants a reference from the same trade.",
    "Has one old pump of ours from before; wanted to know if parts exist.",
)
# what, resolution; the first seven belong to the seven complaints in BAD, in their order
CONCERNS = (
    ("{goods} drips at the lower seal", "Seal replaced under warranty, {first} confirmed that it is dry."),
    ("Spare part {n} days late, line stood still", "Safety stock of two sets now kept for them."),
    ("Invoice with freight although free delivery was agreed", "Credit note sent, purchasing has booked it."),
    ("Nightly alarm on the {medium} line", "Sensor cable was next to a motor cable; re-routed."),
    (
        "Operators find the manual unclear",
        "Half-day training held, short guide in their language left there.",
    ),
    (
        "Consumption of {medium} went up after the overhaul",
        "Calibrated again on site; back to the old value.",
    ),
    ("Control unit forgets its settings after a power cut", "Buffer battery changed and firmware updated."),
    ("Promised visit of the technician did not happen", "Visit made up for, with an apology from service."),
    ("Hotline was not reachable twice", "They have the direct number of the second line now."),
    ("Noise of the {goods} is above the agreed value", "Damping feet mounted, measured together: fine."),
)
CLOSE_BAD = (
    "I speak to service today and report back.",
    "Apologised. A technician is on site on Thursday.",
    "Asked for photos, quality looks at them.",
    "{first} wants a written answer this week.",
    "I ring again as soon as there is a date.",
    "Our head of service takes it over.",
    "Handed to the service desk.",
)
LUNCH = (
    "Lunch with {first} after the tour. They plan a second tank farm, decision in {month}.",
    "Lunch with {first}: two weddings, one new hall, no complaints.",
    "Lunch at the harbour. {first} asks for a quiet word with our management about the frame contract.",
)
PROMISES = (  # ours?, what
    (True, "Send the service report"),
    (True, "Quote for {n} seal kits"),
    (True, "Call after the first week of the trial"),
    (True, "Ask the factory for an earlier date"),
    (True, "Lend a demonstration pump in {month}"),
    (True, "Send photos of the reference plant"),
    (False, "Send the figures of the {medium} line"),
    (False, "Name the person for the second site"),
    (False, "Return the damaged part"),
    (False, "Check the offer with the management"),
)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
