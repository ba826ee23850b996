"""The command palette: every page and verb a user may use, and those of the account they look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Account, BookEntry
from accounts.services import may_create, may_edit, may_reassign
from cadences.lists.filters import paused_on
from cadences.models import SavedView
from users.clock import today_for
from users.models import User

May = Callable[[User], bool]


@dataclass(frozen=True)
class Command:
    """``post``: fields that are sent; None for a page to go to. ``sheet``: opens over the account."""

    label: str
    group: str
    address: str
    icon: str = "arrow-right"
    post: dict[str, str] | None = None
    sheet: bool = False
    keys: str = ""

    def as_json(self) -> dict[str, Any]:
        given = {name: value for name, value in self.__dict__.items() if value not in ("", None, False)}
        return given | ({} if self.post is None else {"is_post": True})


@dataclass(frozen=True)
class _Page:
    label: str | Promise
    name: str
    icon: str
    may: May
    keys: str = ""
    query: str = ""


def _all(_user: User) -> bool:
    return True


def _owns(user: User) -> bool:
    return user.may_own_accounts


def _lead(user: User) -> bool:
    return user.is_manager or user.is_admin


def _manager(user: User) -> bool:
    return user.is_manager


def _mails(user: User) -> bool:
    return user.may_mail


def _admin(user: User) -> bool:
    return user.is_admin


_PAGES = (
    _Page(lazy("My day"), "home", "sun", _all, "g d"),
    _Page(lazy("Calendar"), "meetings:calendar", "calendar-week", _all, "g k"),
    _Page(lazy("My book"), "book:board", "journal-bookmark", _all, "g b"),
    _Page(lazy("Refill my book"), "book:refill", "journal-plus", _owns),
    _Page(lazy("Books side by side"), "book:team", "journals", _lead),
    _Page(lazy("Gifts and greetings"), "gifts:list", "gift", _all),
    _Page(lazy("Letters and e-mails of the plan"), "planned:list", "envelope-paper", _all),
    _Page(lazy("Servicing campaigns"), "campaigns:list", "megaphone", _all),
    _Page(lazy("Accounts"), "accounts:list", "buildings", _all, "g a"),
    _Page(lazy("Mailings"), "mailings:list", "send", _mails),
    _Page(lazy("New mailing"), "mailings:new", "plus-lg", _mails),
    _Page(lazy("Contacts"), "contacts:list", "people", _all, "g c"),
    _Page(lazy("Concerns"), "contacts:concerns", "exclamation-circle", _all, "g o"),
    _Page(lazy("Promises"), "contacts:promises", "hand-thumbs-up", _all),
    _Page(lazy("Ledger: owed and delivered"), "ledger:mine", "clipboard-data", _all, "g l"),
    _Page(lazy("Ledger: evenness"), "ledger:evenness", "clipboard-data", _all),
    _Page(lazy("Accounts at risk"), "ledger:silence", "clipboard-data", _lead),
    _Page(lazy("The team's day"), "ledger:team", "clipboard-data", _lead),
    _Page(lazy("No next date"), "accounts:no_next", "calendar-x", _all, "g n"),
    _Page(lazy("Search"), "accounts:search", "search", _all, "/"),
    _Page(lazy("Letters to print"), "correspondence:letters", "printer", _all),
    _Page(lazy("Changes of many accounts"), "accounts:bulk_history", "list-check", _all),
    _Page(lazy("Duplicates"), "duplicates:accounts", "union", _all),
    _Page(lazy("New account"), "accounts:create", "plus-lg", may_create),
    _Page(lazy("New to-do"), "cadences:todo", "plus-lg", _all),
    _Page(lazy("Save the list as a view"), "accounts:view_create", "bookmark", _all),
    _Page(lazy("Absences"), "calendars:absences", "calendar-x", _all),
    _Page(lazy("New absence"), "calendars:create_absence", "plus-lg", _all),
    _Page(lazy("Templates"), "templates:list", "file-earmark-text", _all),
    _Page(lazy("New template"), "templates:create", "plus-lg", _lead),
    _Page(lazy("Exceptions from the plan"), "exceptions:list", "sign-turn-slight-right", _all),
    _Page(lazy("The plan"), "plan:ladder", "ladder", _all),
    _Page(lazy("Tiers"), "tiers:list", "layers", _all),
    _Page(lazy("To send: drafts of mails and letters"), "correspondence:drafts", "pencil", _all),
    _Page(lazy("My mail: my own address"), "correspondence:my_mail", "envelope-at", _all),
    _Page(lazy("Your profile"), "users:profile", "person", _all),
    _Page(lazy("My calendar in other calendars"), "meetings:address", "calendar-plus", _all),
    _Page(lazy("Recycle bin"), "bin:list", "trash", _all),
    _Page(lazy("Change the password"), "account_change_password", "key", _all),
    _Page(lazy("Surveys"), "surveys:list", "chat-square-text", _manager),
    _Page(lazy("Survey results"), "survey_results:list", "chat-square-text", _manager),
    _Page(lazy("People who want to be called"), "contact_me:list", "telephone", _manager),
    _Page(lazy("Hand over accounts"), "reassign:people", "person-check", _lead),
    _Page(lazy("Nobody responsible"), "leaving:nobody", "person-exclamation", _lead),
    _Page(lazy("Change history"), "changes:list", "clock-history", _lead),
    _Page(lazy("Company: books, quiet accounts"), "users:company", "building", _admin),
    _Page(lazy("Calendars"), "calendars:list", "calendar3", _admin),
    _Page(lazy("People's calendars and capacity"), "calendars:people", "calendar3", _admin),
    _Page(lazy("Users"), "users:list", "person-badge", _admin),
    _Page(lazy("New user"), "users:create", "plus-lg", _admin),
    _Page(lazy("Teams"), "users:teams", "person-badge", _admin),
    _Page(lazy("Import"), "imports:list", "box-arrow-in-down", _admin),
    _Page(lazy("Import a file"), "imports:upload", "plus-lg", _admin),
    _Page(lazy("Take everything out"), "taking_out:everything", "box-arrow-up", _admin),
    _Page(lazy("Erased people, and how long words are kept"), "erasing:list", "eraser", _admin),
    _Page(lazy("Letterhead"), "correspondence:letterhead", "file-earmark-text", _admin),
    _Page(lazy("Outbox"), "correspondence:outbox", "envelope-arrow-up", _admin),
    _Page(lazy("Engine"), "cadences:engine", "arrow-repeat", _admin),
)


def commands(user: User, at: str) -> list[Command]:
    """Verbs of the account of the page ``at`` (a path), then saved views, then pages."""
    return [*_of_account(user, at), *_pages(user), *_views(user)]


def page_names() -> Iterable[str]:
    return (page.name for page in _PAGES)


def _pages(user: User) -> Iterable[Command]:
    group = _("Go to")
    for page in _PAGES:
        if page.may(user):
            yield Command(str(page.label), group, reverse(page.name), page.icon, keys=page.keys)


def _views(user: User) -> Iterable[Command]:
    group = _("Views")
    for view in SavedView.objects.visible_to(user).for_menu(user):
        address = f"{reverse('accounts:list')}?{view.query}&view={view.pk}"
        yield Command(view.name, group, address, "bookmark")


def _of_account(user: User, at: str) -> Iterable[Command]:
    account = _account(user, at)
    if account is None:
        return
    key = [account.pk]
    add = partial(_verb, account.name)
    yield add(_("Log a contact"), reverse("cadences:log", args=key), "telephone", sheet=True, keys="l")
    yield add(_("Add a note"), reverse("contacts:note", args=key), "chat-left-text", sheet=True, keys="n")
    yield add(_("Raise a concern"), reverse("contacts:concern_add", args=key), "flag", sheet=True)
    yield add(_("Agree a meeting"), reverse("meetings:agree", args=key), "calendar-plus", sheet=True)
    write, myself = reverse("correspondence:write", args=key), reverse("correspondence:sent_myself", args=key)
    yield add(_("Write an e-mail"), f"{write}?medium=email", "envelope")
    yield add(_("Write a letter"), f"{write}?medium=letter", "file-earmark-text")
    yield add(_("I sent an e-mail myself"), myself, "envelope-check", sheet=True)
    yield add(_("Add a person"), reverse("contacts:add", args=key), "person-plus")
    yield add(_("New to-do here"), f"{reverse('cadences:todo')}?account={account.pk}", "plus-lg")
    yield add(_("People, and their map"), reverse("contacts:people", args=key), "people")
    yield add(_("Note a promise"), reverse("contacts:promise_add", args=key), "hand-thumbs-up")
    yield add(_("Promises"), reverse("contacts:account_promises", args=key), "hand-thumbs-up")
    yield add(_("Note an expectation"), reverse("contacts:expectation_add", args=key), "bullseye")
    yield add(_("Add a file"), reverse("accounts:file_add", args=key), "paperclip")
    yield add(_("Purchases"), reverse("sales:list", args=key), "cart")
    yield add(_("Dossier as PDF"), reverse("taking_out:dossier", args=key), "file-earmark-pdf")
    changes = reverse("core:history", args=["accounts.account", account.pk])
    yield add(_("History of changes"), changes, "clock-history")
    if _lead(user):
        everything = f"{reverse('changes:list')}?account={account.pk}"
        yield add(_("All changes at this account"), everything, "clock-history")
    if may_edit(user, account):
        yield from _of_editors(user, account)


def _verb(group: str, label: str, address: str, icon: str, **more: Any) -> Command:
    return Command(label, group, address, icon, **more)


def _of_editors(user: User, account: Any) -> Iterable[Command]:
    key = [account.pk]
    add = partial(_verb, account.name)
    yield add(_("Edit the account"), reverse("accounts:edit", args=key), "pencil")
    if may_reassign(user, account):
        yield add(_("Change the owner"), reverse("accounts:owner", args=key), "person-badge")
        yield add(_("Delete the account"), reverse("bin:put_in", args=["account", *key]), "trash")
    yield add(_("Choose the tier"), reverse("accounts:tier", args=key), "layers")
    yield add(_("Pause"), reverse("accounts:pause", args=key), "pause-circle")
    if account.is_paused:
        yield add(_("End the pause"), reverse("accounts:end_pause", args=key), "play-circle", post={})
    yield add(_("Exception from the plan"), reverse("exceptions:create", args=key), "sign-turn-slight-right")
    yield add(_("Start a servicing campaign"), reverse("campaigns:start", args=key), "megaphone")
    yield add(_("Add a purchase"), reverse("sales:add", args=key), "cart-plus")
    book = _("Take out of my book") if account.is_in_book else _("Put into my book")
    entry = {"in_book": "0" if account.is_in_book else "1"}
    yield add(book, reverse("accounts:book", args=key), "bookmark", post=entry)
    former = reverse("accounts:former", args=key)
    if account.status == Account.Status.CUSTOMER:
        yield add(_("Mark as former customer"), former, "box-arrow-right", post={"former": "1"})
    if account.status == Account.Status.FORMER:
        yield add(_("Is a customer again"), former, "box-arrow-in-left", post={"former": "0"})


def _account(user: User, at: str) -> Any:
    """The account whose page has that path; None for any other page."""
    try:
        match = resolve(at.partition("?")[0])
    except Resolver404:
        return None
    if match.view_name != "accounts:detail":
        return None
    mine = BookEntry.objects.filter(account=OuterRef("pk"), user=user)
    rows = Account.objects.visible_to(user).select_related("owner").annotate(is_in_book=Exists(mine))
    account = rows.filter(pk=match.kwargs["pk"]).first()
    if account is not None:
        today = today_for(user)
        account.is_paused = Account.objects.filter(paused_on(today), pk=account.pk).exists()
    return account
