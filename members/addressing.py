"""How a member is spoken to: the name used at the counter and the word before it."""

from members import identifying
from members.models import Member

_HONORIFICS = {Member.Gender.FEMALE.value: "chị", Member.Gender.MALE.value: "anh"}


def call_name(name: str) -> str:
    """The name a Vietnamese person is called by: the last word. `Nguyễn Thị Lan` → `Lan`. A guess staff may mend."""
    parts = identifying.clean(name).split(" ")
    return parts[-1]


def honorific(gender: str) -> str:
    """`chị` for a woman, `anh` for a man, `bạn` where nobody said."""
    return _HONORIFICS.get(gender, "bạn")
