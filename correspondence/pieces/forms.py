"""What is typed on the page on which mails and letters are written."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.file_types import ENDINGS
from accounts.models import Account, AccountFile
from contacts.models import Contact
from core.forms import choose_among, date_input, plain_helper
from core.text import whole_number
from correspondence.models import Medium, PieceFile, Template, TemplateText, Use
from correspondence.pieces.files import Enclosed, choosable
from correspondence.pieces.pair import Pair, PairDraft, Words
from correspondence.pieces.wording import fingerprint, languages, quotes_log
from correspondence.words.languages import is_language, name_of


class ManyFiles(forms.ClearableFileInput):
    """The browser's file chooser for more than one."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of uploaded files, empty ones too: the verb says what is wrong with them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=ManyFiles(), required=False, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(one, initial) for one in data or [] if one]


class PersonChoice(forms.ModelChoiceField):
    """Somebody who works at the account."""

    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name}, {obj.job_title}" if obj.job_title else obj.name


class FileChoice(forms.ModelMultipleChoiceField):
    """Files by their names."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class WriteForm(forms.Form):
    """One page of words for e-mail, letter or both; what it checks, the verbs check again.

    ``addressed``: for whom the words were filled in. ``filled``: their fingerprint then, so that words
    nobody has touched follow when somebody else is chosen.
    """

    contact = PersonChoice(
        Contact.objects.none(), label=lazy("To"), required=False, empty_label=lazy("choose …")
    )
    email = forms.BooleanField(label=lazy("E-mail"), required=False)
    letter = forms.BooleanField(label=lazy("Letter"), required=False)
    subject = forms.CharField(label=lazy("Subject"), max_length=200, required=False)
    body = forms.CharField(label=lazy("Words"), required=False, widget=forms.Textarea(attrs={"rows": 14}))
    differs = forms.BooleanField(label=lazy("The letter has words of its own"), required=False)
    letter_subject = forms.CharField(label=lazy("Subject of the letter"), max_length=200, required=False)
    letter_body = forms.CharField(
        label=lazy("Words of the letter"), required=False, widget=forms.Textarea(attrs={"rows": 14})
    )
    refused_reason = forms.CharField(
        label=lazy("Why it is written all the same"), max_length=200, required=False
    )
    template = forms.ModelChoiceField(
        Template.objects.none(),
        label=lazy("Template"),
        required=False,
        empty_label=lazy("none: only a greeting"),
    )
    language = forms.ChoiceField(label=lazy("Language"))
    text = forms.ModelChoiceField(TemplateText.objects.all(), required=False, widget=forms.HiddenInput)
    letter_text = forms.ModelChoiceField(TemplateText.objects.all(), required=False, widget=forms.HiddenInput)
    uploads = FilesField(label=lazy("Add files"))
    chosen = FileChoice(
        AccountFile.objects.none(), label=lazy("Files on the account"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    kept = FileChoice(
        PieceFile.objects.none(), label=lazy("Attached"), required=False, widget=forms.CheckboxSelectMultiple
    )
    addressed = forms.ModelChoiceField(Contact.objects.all(), required=False, widget=forms.HiddenInput)
    filled = forms.CharField(required=False, widget=forms.HiddenInput, max_length=16)
    token = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)

    def __init__(
        self, *args: Any, account: Account, pair: Pair, use: str = Use.OTHER, about: Any = None, **kwargs: Any
    ) -> None:
        self.account, self.pair, self.use, self.about = account, pair, use, about
        kwargs["initial"] = {"token": uuid4(), "version": pair.version, **kwargs.get("initial", {})}
        kwargs["auto_id"] = "write_%s"
        super().__init__(*args, **kwargs)
        people = Contact.objects.filter(account=account)
        kept = next((piece.contact_id for piece in pair), None)
        choose_among(self, "contact", people.employed_or(kept))
        choose_among(self, "addressed", people)
        choose_among(self, "template", Template.objects.offered())
        self._offer_files()
        self.fields["language"].choices = _languages(self.spoken)
        for name in ("subject", "body", "letter_subject", "letter_body", "refused_reason"):
            self.fields[name].widget.attrs["class"] = "form-control"
        for name in ("contact", "template", "language"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.helper = plain_helper()

    def _offer_files(self) -> None:
        email = self.pair.email
        choose_among(self, "chosen", choosable(self.account, email))
        choose_among(
            self, "kept", PieceFile.objects.filter(piece=email).select_related("account_file")
            if email else PieceFile.objects.none(),
        )  # fmt: skip
        self.fields["uploads"].widget.attrs |= {
            "class": "form-control", "accept": ",".join(f".{ending}" for ending in ENDINGS),
        }  # fmt: skip

    # -- checks ---------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.pair.version and said.get("version") != self.pair.version:
            self._say_again("version", self.pair.version)
            raise ValidationError(
                _(
                    "A colleague saved this while you were writing. Stored now: “%(subject)s”. What you "
                    "typed stands below: check it and save again."
                )
                % {"subject": next(iter(self.pair)).subject}
            )
        return said

    def take(self, **values: Any) -> None:
        """Put these into the form as if they had been typed."""
        for name, value in values.items():
            self._say_again(name, value)

    def _say_again(self, name: str, value: Any) -> None:
        data: Any = self.data.copy()
        data[self.add_prefix(name)] = str(value)
        self.data = data

    # -- what the verbs are handed ------------------------------------------------------------------------

    def draft(self) -> PairDraft:
        said = self.cleaned_data
        words = Words(said["subject"], _plain(said["body"]))
        own = Words(said["letter_subject"], _plain(said["letter_body"])) if said["differs"] else words
        return PairDraft(
            contact=said["contact"],
            email=words if said["email"] else None,
            letter=own if said["letter"] else None,
            is_separate=said["differs"],
            token=said["token"],
            use=self.use,
            language=said["language"],
            text=said["text"],
            letter_text=said["letter_text"],
            about=self.about,
            refused_reason=said["refused_reason"],
            enclosed=Enclosed(self._uploads(), list(said["chosen"]), list(said["kept"])),
        )

    def _uploads(self) -> list[UploadedFile]:
        found: list[UploadedFile] = self.cleaned_data["uploads"]
        return found

    @property
    def is_untouched(self) -> bool:
        """Whether the words are still as they were filled in."""
        names = ["subject", "body", *(["letter_subject", "letter_body"] if self.is_separate else [])]
        return self["filled"].value() == fingerprint(*(self[name].value() or "" for name in names))

    @property
    def ticked(self) -> set[str]:
        """How it goes, as it is ticked now."""
        return {medium for medium in Medium.values if self[medium].value()}

    @property
    def spoken(self) -> str:
        """As it is chosen now; English for what is none."""
        said = str(self["language"].value() or "")
        return said if said == self.initial.get("language") or is_language(said) else "en"

    @property
    def quotes_log(self) -> bool:
        """Whether the words hold what was logged of the talk."""
        about = self.about.pk if self.about else None
        return any(quotes_log(self._row(name), about) for name in ("text", "letter_text"))

    @property
    def is_separate(self) -> bool:
        """Whether the letter's own words are shown."""
        return bool(self["differs"].value())

    @property
    def person(self) -> Contact | None:
        """Who is chosen now, whatever else is wrong with the form."""
        return self._row("contact")

    @property
    def before(self) -> Contact | None:
        """For whom the words were filled in."""
        return self._row("addressed")

    def _row(self, name: str) -> Any:
        chosen = self[name].value()
        rows = self.fields[name].queryset
        pk = whole_number(str(chosen or ""))
        return rows.filter(pk=pk).first() if pk is not None else None


class CancelForm(forms.Form):
    """Why it is not sent."""

    reason = forms.CharField(label=lazy("Why it is not sent"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class SentMyselfForm(forms.Form):
    """A mail that went out otherwise."""

    contact = PersonChoice(
        Contact.objects.none(), label=lazy("To"), required=False, empty_label=lazy("choose …")
    )
    subject = forms.CharField(label=lazy("What it was about"), max_length=200, required=False)
    on = forms.DateField(label=lazy("Sent on"), required=False, widget=date_input())
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        choose_among(self, "contact", Contact.objects.filter(account=account).employed())
        self.helper = plain_helper()


def initial_of(pair: Pair) -> dict[str, Any]:
    """The form of drafts that are there already."""
    first = pair.email or pair.letter
    assert first is not None  # noqa: S101 - a pair that is edited holds a piece
    given: dict[str, Any] = {
        "contact": first.contact_id, "addressed": first.contact_id, "language": first.language,
        "subject": first.subject, "body": first.body, "text": first.text_id,
        "template": first.text.template_id if first.text else None, "email": pair.email is not None,
        "letter": pair.letter is not None, "refused_reason": _first_reason(pair),
        "kept": list(pair.email.files.values_list("pk", flat=True)) if pair.email else [],
    }  # fmt: skip
    email, letter = pair.email, pair.letter
    if email and letter and (email.subject, email.body) != (letter.subject, letter.body):
        given |= {
            "differs": True, "letter_subject": letter.subject, "letter_body": letter.body,
            "letter_text": letter.text_id,
        }  # fmt: skip
    return given


def _first_reason(pair: Pair) -> str:
    return next((piece.refused_reason for piece in pair if piece.refused_reason), "")


def _plain(body: str) -> str:
    return body.replace("\r\n", "\n").strip()


def _languages(kept: str) -> list[tuple[str, str]]:
    reader = get_language() or "en"
    found = dict.fromkeys([*languages(), kept])
    return [(one, name_of(one, reader)) for one in found]
