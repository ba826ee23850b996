"""Every URL x method x kind of user, in one table. ``test_matrix.py`` walks it; a URL without a row fails.

A row: the name of the URL, the records its address needs (names from ``world.py``), and who may use which
method. A method that is not named answers 405. Who may not: 403, or ``hidden`` rows 404; somebody who is
not signed in, or has been deactivated, is sent to the sign-in page. A refused request writes nothing, and
GET never does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ACTORS = (
    "anonymous",
    "owner",  # salesperson, owns the account
    "colleague",  # salesperson of the same team
    "stranger",  # salesperson of another team
    "manager",  # of the owner's team
    "other_manager",
    "reader",  # another department
    "admin",
    "deactivated",  # was the owner's deputy and an admin; their session is still in the database
)
SIGNED_OUT = frozenset({"anonymous", "deactivated"})
ALL = frozenset(ACTORS) - SIGNED_OUT
PUBLIC = frozenset(ACTORS)
EDITORS = frozenset({"owner", "manager", "admin"})  # of what the owner owns
MANAGERS = frozenset({"manager", "other_manager", "admin"})
SURVEYORS = frozenset({"manager", "other_manager"})  # an admin without that role is none
READERS_OF_RESULTS = SURVEYORS
SELLERS = ALL - {"reader", "admin"}  # who may own accounts
TEAM = frozenset({"owner", "manager"})
TEAM_LEADS = frozenset({"manager", "admin"})  # of the owner's team
ADMIN = frozenset({"admin"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    name: str
    records: tuple[str, ...]
    allowed: dict[str, frozenset[str]]
    data: dict[str, str] = field(default_factory=dict)  # of the POST
    hidden: bool = False


def row(
    name: str,
    records: str = "",
    *,
    get: frozenset[str] | None = None,
    post: frozenset[str] | None = None,
    data: dict[str, str] | None = None,
    hidden: bool = False,
) -> Row:
    allowed = {method: who for method, who in (("GET", get), ("POST", post)) if who is not None}
    return Row(name, tuple(records.split()), allowed, data or {}, hidden)


ROWS = [
    # -- mailings ------------------------------------------------------------------------------------
    row("mailings:list", get=ALL - {"reader"}),
    row("mailings:new", get=ALL - {"reader"}, post=ALL - {"reader"}),
    row("mailings:count", get=ALL - {"reader"}),
    row("mailings:detail", "mailing", get=EDITORS, post=EDITORS, hidden=True),
    row("mailings:preview", "mailing", get=EDITORS, hidden=True),
    row("mailings:excluded", "mailing", get=EDITORS, hidden=True),
    row("mailings:schedule", "mailing", get=EDITORS, post=EDITORS, hidden=True),
    row("mailings:delete", "mailing", post=EDITORS, hidden=True),
    row("mailings:state", "running_mailing", get=EDITORS, hidden=True),
    row("mailings:file", "running_mailing", get=EDITORS, hidden=True),
    row("mailings:pause", "running_mailing", post=EDITORS, hidden=True),
    row("mailings:resume", "paused_mailing", post=EDITORS, hidden=True),
    row("mailings:stop", "running_mailing", post=EDITORS, hidden=True),
    # -- signing in and passwords ------------------------------------------------------------------
    row("account_login", get=PUBLIC, post=PUBLIC),
    row("account_logout", get=PUBLIC, post=PUBLIC),
    row("account_change_password", get=ALL, post=ALL),
    row("account_set_password", get=ALL),
    row("account_reset_password", get=PUBLIC, post=PUBLIC),
    row("account_reset_password_done", get=PUBLIC),
    row("account_reset_password_from_key", "reset_uid reset_key", get=PUBLIC, post=PUBLIC),
    row("account_reset_password_from_key_done", get=PUBLIC),
    # -- users ---------------------------------------------------------------------------------------
    row("users:list", get=ADMIN),
    row("users:create", get=ADMIN, post=ADMIN),
    row("users:edit", "owner", get=ADMIN, post=ADMIN),
    row("users:invite", "invited", post=ADMIN, data={"email": "new@tend.example"}),
    row("leaving:person", "owner", get=ADMIN, post=ADMIN),
    row("changes:list", get=MANAGERS),
    row("changes:file", get=MANAGERS),
    row("leaving:nobody", get=MANAGERS),
    row("leaving:give_all", "gap", post=MANAGERS),
    row("leaving:give", "gap concern", post=MANAGERS),
    row("users:reactivate", "deactivated", post=ADMIN),
    row("users:profile", get=ALL, post=ALL),
    row(
        "users:company",
        get=ADMIN,
        post=ADMIN,
        data={"book_size": "20", "quiet_months": "9", "quiet_amount": "500"},
    ),
    row("users:teams", get=ADMIN),
    row("users:create_team", get=ADMIN, post=ADMIN),
    row("users:edit_team", "team", get=ADMIN, post=ADMIN),
    row("users:delete_team", "empty_team", post=ADMIN),
    row("users:invitation", "invited invitation_token", get=PUBLIC, post=PUBLIC),
    row("core:history", "account_label account", get=ALL),
    # -- calendars, capacity, absences -----------------------------------------------------------------
    row("calendars:list", get=ADMIN),
    row("calendars:create", get=ADMIN, post=ADMIN),
    row("calendars:place", get=ADMIN),
    row("calendars:edit", "calendar", get=ADMIN, post=ADMIN),
    row("calendars:make_default", "calendar", post=ADMIN),
    row("calendars:delete", "calendar", post=ADMIN),
    row("calendars:add_closure", "calendar", post=ADMIN, data={"name": "Inventory", "first": "2026-12-30"}),
    row(
        "calendars:remove_closure", "calendar", post=ADMIN, data={"first": "2026-12-30", "last": "2026-12-30"}
    ),
    row("calendars:people", get=ADMIN, post=ADMIN),
    row("calendars:company_capacity", post=ADMIN, data={"minutes": "90"}),
    row("calendars:absences", get=ALL),
    row("calendars:create_absence", get=ALL, post=ALL),
    row("calendars:edit_absence", "absence", get=EDITORS, post=EDITORS),
    row("calendars:remove_absence", "absence", post=EDITORS),
    # -- meetings and the calendar ------------------------------------------------------------------------
    row("meetings:calendar", get=ALL),
    row("meetings:address", get=ALL, post=ALL, data={"do": "make"}),
    row("meetings:feed", "feed_token", get=PUBLIC),
    row("meetings:panel", "account", get=ALL),
    row("meetings:agree", "account", get=ALL, post=ALL),
    row("meetings:detail", "appointment", get=ALL),
    row("meetings:change", "appointment", get=EDITORS, post=EDITORS),
    row("meetings:cancel", "appointment", get=EDITORS, post=EDITORS, data={"reason": "They are ill"}),
    row("meetings:miss", "appointment", get=EDITORS, post=EDITORS, data={"reason": "Snow"}),
    row("meetings:hold", "appointment", get=EDITORS, post=EDITORS),
    # -- campaigns and handing over ---------------------------------------------------------------------
    row("campaigns:list", get=ALL),
    row("campaigns:panel", "account", get=ALL),
    row("campaigns:start", "account", get=EDITORS, post=EDITORS),
    row("campaigns:end", "campaign", get=EDITORS, post=EDITORS),
    row("campaigns:resume", "ended_campaign", post=EDITORS),
    # -- letters and e-mails of the plan, gifts ----------------------------------------------------------
    row("planned:list", get=ALL),
    row("planned:draft", "written_touchpoint", get=EDITORS, post=EDITORS, hidden=True),
    row("planned:drop", "written_touchpoint", post=EDITORS, hidden=True),
    row("gifts:list", get=ALL),
    row("gifts:file", get=ALL),
    row("gifts:budget", "gift_year slot", get=MANAGERS, post=MANAGERS),
    row("gifts:gift", "gift_touchpoint", get=EDITORS, post=EDITORS),
    row("gifts:sent", "gift_touchpoint", post=EDITORS),
    row("gifts:thanks", "gift_touchpoint", post=EDITORS),
    row("reassign:people", get=MANAGERS),
    row("reassign:person", "owner", get=MANAGERS, post=MANAGERS),
    # -- exceptions --------------------------------------------------------------------------------------
    row("exceptions:list", get=ALL),
    row("exceptions:export", get=ALL),
    row("exceptions:panel", "account", get=ALL),
    row("exceptions:create", "account", get=EDITORS, post=EDITORS),
    row("exceptions:edit", "exception", get=EDITORS, post=EDITORS),
    row("exceptions:end", "exception", post=EDITORS),
    # -- the ledger: everybody their own, managers their teams, admins all ------------------------------
    row("ledger:mine", get=ALL),
    row("ledger:table_file", get=ALL),
    row("ledger:rows", get=ALL),
    row("ledger:rows_file", get=ALL),
    row("ledger:silence", get=MANAGERS),
    row("ledger:team", get=MANAGERS),
    row("ledger:evenness", get=ALL),
    # -- survey results: for everybody but managers they do not exist -------------------------------------
    row("survey_results:list", get=READERS_OF_RESULTS, hidden=True),
    row("survey_results:detail", "release", get=READERS_OF_RESULTS, hidden=True),
    row("survey_results:table", "release", get=READERS_OF_RESULTS, hidden=True),
    row("survey_results:history", "programme", get=READERS_OF_RESULTS, hidden=True),
    row("contact_me:form", get=PUBLIC, post=PUBLIC),
    row("contact_me:thanks", get=PUBLIC),
    row("contact_me:list", get=READERS_OF_RESULTS, hidden=True),
    row("contact_me:done", "contact_request", get=READERS_OF_RESULTS, post=READERS_OF_RESULTS, hidden=True),
    # -- My day, touchpoints, logs ---------------------------------------------------------------------
    row("home", get=ALL),
    row("cadences:day", get=ALL),
    row("cadences:lines", get=ALL),
    row("cadences:next", get=ALL),
    row("cadences:day_promises", get=ALL),
    row("cadences:log_anywhere", get=ALL),
    row("cadences:unassigned", get=ALL),  # empty for who is no manager
    row("cadences:touchpoint", "touchpoint", get=ALL),
    row("cadences:touchpoint_log", "touchpoint", post=EDITORS),
    row("cadences:snooze", "touchpoint", post=EDITORS),
    row("cadences:skip", "touchpoint", post=EDITORS),
    row("cadences:back", "touchpoint", post=EDITORS),
    row("cadences:touchpoint_note", "touchpoint", post=ALL, data={"text": "Rang back"}),
    row("cadences:promise", "touchpoint commitment", post=EDITORS, data={"kept": "1"}),
    row("cadences:todo", get=ALL, post=ALL),
    row("cadences:log", "account", get=ALL, post=ALL),  # every department logs (R16)
    row("cadences:correct", "interaction", get=EDITORS, post=EDITORS),
    row("cadences:withdraw", "interaction", get=EDITORS, post=EDITORS),
    row("cadences:undo", "interaction", post=frozenset({"owner"})),
    # -- the engine ------------------------------------------------------------------------------------
    row("cadences:engine", get=ADMIN),
    row("cadences:engine_progress", get=ADMIN),
    row("cadences:engine_run", post=ADMIN),
    row("cadences:engine_switch", post=ADMIN, data={"to": "off"}),
    row("cadences:engine_hour", post=ADMIN, data={"at": "02:30"}),
    # -- the plan: everybody reads it, admins change drafts of it -----------------------------------------
    row("plan:ladder", get=ALL),
    row("plan:version", "draft", get=ALL),
    row("plan:compare", "draft", get=ALL),
    row("plan:cell", "draft slot tier", get=ALL, post=ADMIN, data={"act": "off"}),
    row("plan:sheet", "draft slot tier", get=ADMIN, post=ADMIN),
    row("plan:track", "draft", get=ADMIN, post=ADMIN),
    row("plan:draft", post=ADMIN),
    row("plan:activate", "draft", get=ADMIN, post=ADMIN),
    row("plan:note", "draft", post=ADMIN, data={"note": "Faster calls"}),
    row("plan:unschedule", "draft", post=ADMIN),
    row("plan:discard", "draft", get=ADMIN, post=ADMIN),
    row("plan:roll_back", get=ADMIN, post=ADMIN),
    row("simulation:detail", "draft", get=MANAGERS),
    row("simulation:start", "draft", get=MANAGERS, post=ADMIN),
    row("simulation:people", "draft", get=MANAGERS),
    row("plan:slots", get=ADMIN),
    row("plan:slot_new", get=ADMIN, post=ADMIN, data={"name": "Visit"}),
    row("plan:slot", "slot", get=ADMIN, post=ADMIN, data={"name": "Visit"}),
    row("plan:slot_move", "slot", post=ADMIN, data={"to": "up"}),
    row("plan:slot_delete", "slot", post=ADMIN),
    # -- accounts --------------------------------------------------------------------------------------
    row("accounts:list", get=ALL),
    row("accounts:quick", get=ALL),
    row("accounts:search", get=ALL),
    row("accounts:commands", get=ALL),
    row("accounts:totals", get=ALL),
    row("accounts:tools", get=ALL),
    row("accounts:export", get=ALL),
    row("accounts:no_next", get=ALL),
    row("accounts:no_next_number", get=ALL),
    row("accounts:view_create", get=ALL, post=ALL, data={"name": "Mine"}),
    row(
        "accounts:view_edit",
        "shared_view",
        get=frozenset({"owner", "admin"}),
        post=frozenset({"owner", "admin"}),
        data={"name": "Other"},
    ),
    row("accounts:view_update", "shared_view", post=frozenset({"owner", "admin"})),
    row("accounts:view_delete", "private_view", post=frozenset({"owner"}), hidden=True),
    row("accounts:view_open", "private_view", post=frozenset({"owner"}), hidden=True),
    row("accounts:bulk_history", get=ALL),
    row("accounts:bulk_choose", post=ALL - {"reader"}, data={"all": "1", "query": "owner=all"}),
    row(
        "accounts:bulk",
        "bulk_draft",
        get=frozenset({"owner", "admin"}),
        post=frozenset({"owner"}),
        hidden=True,
    ),
    row("accounts:bulk_undo", "bulk_done", post=frozenset({"owner"}), hidden=True),
    row("accounts:detail", "account", get=ALL),
    row("accounts:timeline", "account", get=ALL),
    row("accounts:asks", "account", get=ALL),
    row("accounts:concerns", "account", get=ALL),
    row("accounts:coming", "account", get=ALL),
    row("accounts:why", "account touchpoint", get=ALL),
    row("accounts:create", get=ALL - {"reader"}, post=ALL - {"reader"}),
    row("accounts:edit", "account", get=EDITORS, post=EDITORS),
    row("accounts:owner", "account", get=EDITORS - {"owner"}, post=EDITORS - {"owner"}),
    row("accounts:tier", "account", get=EDITORS, post=EDITORS),
    row("accounts:pause", "account", get=EDITORS, post=EDITORS),
    row("accounts:end_pause", "account", post=EDITORS),
    row("accounts:former", "account", post=EDITORS, data={"former": "1"}),
    row("accounts:files", "account", get=ALL),
    row("accounts:file_add", "account", get=ALL, post=ALL),
    row("accounts:file", "account_file", get=ALL),
    row("accounts:file_remove", "account_file", post=EDITORS),
    row("accounts:file_restore", "account_file", post=EDITORS),
    row("accounts:confirm_ws", "account", post=EDITORS),
    row("accounts:answer_w", "account w", get=EDITORS, post=EDITORS, data={"words": "In Oslo"}),
    row("accounts:book", "account", post=EDITORS, data={"in_book": "1"}),
    # -- the book: everybody reads it; it is worked by its salesperson and who acts for them ---------------
    row("book:board", get=ALL),
    row("book:refill", get=SELLERS, post=SELLERS),
    row("book:team", get=MANAGERS),
    row("book:begin", "book_entry", get=EDITORS, post=EDITORS),
    row("book:finish", "book_entry", get=EDITORS, post=EDITORS),
    row("book:take_back", "book_finish", post=EDITORS),
    # -- tiers: everybody reads why, admins change ------------------------------------------------------
    row("tiers:list", get=ALL),
    row("tiers:tonight", get=ADMIN),
    row("tiers:apply", post=ADMIN),
    row("tiers:create", get=ADMIN, post=ADMIN),
    row("tiers:edit", "tier", get=ADMIN, post=ADMIN),
    row("tiers:conditions", post=ADMIN),
    row("tiers:preview", post=ADMIN),
    row("tiers:lifts", get=ADMIN, post=ADMIN),
    row("tiers:preview_lifts", post=ADMIN),
    row("tiers:move", "tier", post=ADMIN, data={"up": "1"}),
    row("tiers:delete", "tier", post=ADMIN),
    # -- people, concerns, promises, asks: every department adds, those who look after change ----------
    row("contacts:list", get=ALL),
    row("contacts:detail", "contact", get=ALL),
    row("contacts:edit", "contact", get=EDITORS, post=EDITORS),
    row("contacts:pause", "contact", get=EDITORS, post=EDITORS),
    row("contacts:people", "account", get=ALL),
    row("contacts:influence_add", "contact", get=EDITORS, post=EDITORS),
    row("contacts:influence_end", "influence", post=EDITORS),
    row("people:leave", "contact", get=EDITORS, post=EDITORS),
    row("people:back", "departed", post=EDITORS),
    row("people:mistake", "departed", post=EDITORS),
    row("contacts:add", "account", get=ALL, post=ALL),
    row("contacts:note", "account", get=ALL, post=ALL),
    row("contacts:concerns", get=ALL),
    row("contacts:concern", "concern", get=ALL),
    row("contacts:concern_add", "account", get=ALL, post=ALL),
    row("contacts:concern_note", "concern", post=ALL, data={"text": "Rang the fitter"}),
    row("contacts:concern_change", "concern", get=EDITORS, post=EDITORS),
    row("contacts:concern_confirm", "concern", get=ALL, post=ALL),  # whoever hears it from the customer
    row("contacts:concern_unconfirm", "concern", post=EDITORS),
    row("contacts:concern_resolve", "concern", get=EDITORS, post=EDITORS),
    row("contacts:concern_reopen", "concern", post=EDITORS),
    row("contacts:commitment_close", "commitment", post=EDITORS, data={"kept": "1"}),
    row("contacts:commitment_move", "commitment", get=EDITORS, post=EDITORS),
    row("contacts:commitment_reopen", "commitment", post=EDITORS),
    row("contacts:promises", get=ALL),
    row("contacts:account_promises", "account", get=ALL),
    row("contacts:promise_rate", "account", get=ALL),
    row("contacts:promise_add", "account", get=ALL, post=ALL),
    row("contacts:expectations", "account", get=ALL),
    row("contacts:expectation_add", "account", get=ALL, post=ALL),
    row("contacts:expectation_judge", "expectation", get=EDITORS, post=EDITORS),
    row("contacts:expectation_reopen", "expectation", post=EDITORS),
    row("contacts:ask_answer", "ask", get=EDITORS, post=EDITORS),
    # -- purchases -------------------------------------------------------------------------------------
    row("sales:list", "account", get=ALL),
    row("sales:panel", "account", get=ALL),
    row("sales:add", "account", get=EDITORS, post=EDITORS),
    row("sales:edit", "purchase", get=EDITORS, post=EDITORS),
    row("sales:void", "purchase", get=EDITORS, post=EDITORS),
    # -- surveys: for managers; for everybody else, admins included, they do not exist --------------------
    *(
        row(
            f"surveys:{name}",
            records,
            get=SURVEYORS if "G" in how else None,
            post=SURVEYORS if "P" in how else None,
            data=data,
            hidden=True,
        )
        for name, records, how, data in (
            ("list", "", "G", {}),
            ("create", "", "GP", {"name": "Trade fair"}),
            ("waiting", "", "G", {}),
            ("release", "held_back", "P", {}),
            ("skip", "held_back", "P", {"reason": "In court with us"}),
            ("exclusions", "", "G", {}),
            ("exclude", "account", "GP", {"reason": "In court with us"}),
            ("end_exclusion", "exclusion", "P", {}),
            ("programme", "programme", "GP", {"name": "After a sale"}),
            ("switch", "programme", "P", {"to": "off"}),
            ("start", "one_off", "GP", {"count": "1"}),
            ("questions", "programme", "G", {}),
            ("question_new", "programme question_type", "GP", {"label_en": "How?", "label_de": "Wie?"}),
            ("frame", "programme", "GP", {"languages": "en"}),
            ("publish", "programme", "P", {}),
            ("discard", "programme", "P", {}),
            ("question", "programme question_key", "GP", {}),
            ("question_move", "programme question_key", "P", {"to": "down"}),
            ("question_remove", "programme question_key", "P", {}),
            ("mails", "programme", "G", {}),
            ("mail_new", "programme", "GP", {"language": "fr"}),
            ("mail", "programme survey_language", "GP", {}),
            ("mail_remove", "programme survey_language", "P", {}),
            ("preview", "programme", "GP", {}),
            ("send_test", "programme", "P", {}),
        )
    ),
    # -- the outbox; unsubscribing is for whoever holds the link ------------------------------------------
    # -- templates: everybody reads, managers and admins write ------------------------------------------
    row("templates:list", get=ALL),
    row(
        "templates:create", get=MANAGERS, post=MANAGERS, data={"name": "New", "use": "gift", "language": "en"}
    ),
    row("templates:people", get=ALL),
    row(
        "templates:detail",
        "template",
        get=ALL,
        post=MANAGERS,
        data={"subject": "Hello", "body": "Hello, {{account}}.", "based_on": "2"},
    ),
    row(
        "templates:settings",
        "template",
        get=MANAGERS,
        post=MANAGERS,
        data={"name": "Other name", "use": "gift", "language": "en"},
    ),
    row("templates:preview", "template", post=ALL, data={"subject": "Hello", "body": "Hello."}),
    row("templates:compare", "template", get=ALL),
    row("templates:retire", "template", post=MANAGERS),
    row("templates:bring_back", "template", post=MANAGERS),
    row("templates:go_back", "old_words", post=MANAGERS),
    row("correspondence:outbox", get=ADMIN),
    row("correspondence:resend", "uncertain_mail", post=ADMIN),
    row("correspondence:mark_sent", "uncertain_mail", post=ADMIN),
    row("correspondence:resume", "halted_topic", post=ADMIN),
    row("correspondence:suppressed", get=ADMIN, post=ADMIN, data={"address": "x@customer.example"}),
    row("correspondence:lift", "suppression", post=ADMIN),
    row("correspondence:unsubscribe", "unsubscribe_token", get=PUBLIC, post=PUBLIC),
    # -- letters: those who may write them print them; a batch is its maker's and theirs who act for them --
    row("correspondence:letters", get=ALL),
    row("correspondence:letters_check", get=ALL),
    row("correspondence:letters_print", post=ALL),
    row("correspondence:letter_pdf", "letter", get=EDITORS, hidden=True),
    row(
        "correspondence:letter_cancel",
        "letter",
        get=EDITORS,
        post=EDITORS,
        data={"reason": "Wrong price"},
        hidden=True,
    ),
    row("correspondence:print_batch", "print_batch", get=EDITORS, hidden=True),
    row("correspondence:print_batch_pdf", "print_batch", get=EDITORS, hidden=True),
    row("correspondence:print_batch_labels", "print_batch", get=EDITORS, hidden=True),
    row(
        "correspondence:print_batch_post",
        "print_batch",
        post=EDITORS,
        data={"on": "2026-11-23"},
        hidden=True,
    ),
    row("correspondence:print_batch_again", "print_batch", post=EDITORS, hidden=True),
    row("correspondence:letterhead", get=ADMIN, post=ADMIN),
    row("correspondence:letterhead_preview", post=ADMIN),
    # -- mails and letters: drafts are their writers' own, what was sent is everybody's ---------------------
    row("correspondence:drafts", get=ALL),
    row("correspondence:approve", post=ALL),  # of those that are theirs
    row("correspondence:day_line", get=ALL),
    row("correspondence:thank_you", "talk", get=ALL, post=ALL),  # in one's own name (R16)
    row("correspondence:write", "account", get=ALL, post=ALL),
    row("correspondence:preview", "account", post=ALL),
    row("correspondence:sent_myself", "account", get=ALL, post=ALL),
    row("correspondence:piece", "draft_piece", get=EDITORS, post=EDITORS, hidden=True),
    row("correspondence:piece_file", "piece_file", get=EDITORS, hidden=True),
    row("correspondence:piece_cancel", "draft_piece", get=EDITORS, post=EDITORS, hidden=True),
    row("correspondence:piece_resend", "failed_piece", post=EDITORS, hidden=True),
    row("correspondence:piece_arrived", "doubtful_piece", post=EDITORS, hidden=True),
    row("correspondence:piece_again", "sent_piece", post=EDITORS),
    row("correspondence:my_mail", get=ALL, post=ALL),
    row("correspondence:my_mail_link", post=ALL),
    row("correspondence:my_mail_revoke", post=ALL),
    row(
        "correspondence:my_mail_verify",
        "identity_token",
        get=frozenset({"owner"}),
        post=frozenset({"owner"}),
        hidden=True,
    ),
    row("correspondence:identities", get=ADMIN),
    # -- duplicates --------------------------------------------------------------------------------------
    row("duplicates:accounts", get=ALL),
    row("duplicates:people", get=ALL),
    row("duplicates:look", post=ADMIN),
    row("duplicates:like_account", get=ALL),
    row("duplicates:like_person", "account", get=ALL),
    row("duplicates:choose_account", "account", get=EDITORS),
    row("duplicates:merge_accounts", "account twin", get=EDITORS, post=EDITORS),
    row("duplicates:account_pair", "account_pair", post=EDITORS),
    row("duplicates:choose_person", "contact", get=EDITORS),
    row("duplicates:merge_people", "contact twin_person", get=EDITORS, post=EDITORS),
    row("duplicates:contact_pair", "contact_pair", post=EDITORS),
    row("duplicates:merges", get=ALL),
    row("duplicates:merge", "merge", get=ALL),
    row("duplicates:undo", "merge", post=EDITORS),
    # -- imports ---------------------------------------------------------------------------------------
    row("bin:list", get=ALL),
    row("bin:files", get=ALL),
    row("bin:unit", "bin_unit", get=EDITORS, hidden=True),
    row("bin:restore", "bin_unit", post=EDITORS, hidden=True),
    row("bin:put_in", "bin_kind contact", get=EDITORS, post=EDITORS),
    row("imports:list", get=ADMIN),
    row("imports:upload", get=ADMIN, post=ADMIN),
    row("imports:give_back", "import_kind", get=ADMIN),
    row("imports:detail", "batch", get=ADMIN),
    row("imports:map", "batch", get=ADMIN, post=ADMIN),
    row("imports:reread", "batch", post=ADMIN),
    row("imports:confirm", "batch", post=ADMIN),
    row("imports:refusals", "batch", get=ADMIN),
    row("imports:stop", "batch", post=ADMIN),
    row("imports:undo", "batch", get=ADMIN, post=ADMIN),
    row("imports:use_mapping", "batch", post=ADMIN),
    row("imports:mappings", get=ADMIN),
    row("imports:delete_mapping", "saved_mapping", post=ADMIN),
    # -- taking out and erasing ------------------------------------------------------------------------
    row("taking_out:everything", get=ADMIN, post=ADMIN),
    row("taking_out:fetch", "archive", post=ADMIN),
    row("taking_out:delete", "archive", post=ADMIN),
    row("taking_out:person", "contact", get=TEAM_LEADS),
    row("taking_out:dossier", "account", get=ALL),
    row("erasing:list", get=ADMIN),
    row("erasing:keeping", get=ADMIN, post=ADMIN),
    row("erasing:person", "contact", get=ADMIN, post=ADMIN),
]
BY_NAME = {each.name: each for each in ROWS}
