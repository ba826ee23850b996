"""The rows of ``matrix.py`` for what is brought in, merged, taken out and erased."""

from __future__ import annotations

from tests.access.actors import ADMIN, ALL, EDITORS, TEAM_LEADS, row

ROWS = [
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
    row("erasing:person_in_bin", "bin_contact", get=ADMIN, post=ADMIN),
]
