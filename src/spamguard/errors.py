"""Every error that spamguard raises on purpose, in one family."""


class SpamguardError(Exception):
    """Base of all errors raised on purpose; its message is fit for a user to read."""


class ArtefactError(SpamguardError):
    """A model artefact is missing, damaged, foreign, too new or too large."""


class ResultError(SpamguardError):
    """A serialised result, edit or span does not have the documented shape."""


class InputError(SpamguardError):
    """A file, option or text given by the caller cannot be used."""


class FormatError(SpamguardError):
    """A document is not in the format that its file says it is in."""


class SourceError(SpamguardError):
    """A training corpus is missing, or is not the one that the recipe names."""


class ServiceError(SpamguardError):
    """A service refused a request, or did not answer.

    Parameters
    ----------
    status
        The answer's status; 0 if there was none.
    kind
        Name of the problem, such as ``"text-too-long"`` or ``"unreachable"``.
    detail
        What was wrong.
    """

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.status = status
        self.kind = kind


class MissingExtraError(SpamguardError):
    """A part of spamguard was asked for whose libraries are not installed.

    Parameters
    ----------
    part
        What was asked for, in the user's words, such as ``"the service"``.
    extra
        The extra that installs it, such as ``"service"``.
    """

    def __init__(self, part: str, extra: str) -> None:
        super().__init__(f"{part} needs more libraries: pip install 'spamguard[{extra}]'")
