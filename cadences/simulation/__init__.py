"""What a draft of the plan would cost, beside the running one: computed by the engine, shown to admins.

``runs`` are the verbs (start, work), ``computing`` asks the engine and adds up, ``figures`` reads what was
kept, ``chart`` draws it, ``words`` says it.
"""
