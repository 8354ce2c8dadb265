from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import InternalError, transaction

from members import roles
from members.models import Note
from members.relationship import contacts, notes
from members.relationship.saying import WordsMissing
from tests.factories.people import JOINED_AT, MemberFactory
from tests.members.relationship.conftest import hire

NOON = JOINED_AT + timedelta(days=30)


def write(member, author, text="Dị ứng sữa bò.", **told):
    told = {"at": NOON, "by": f"user:{author.pk}"} | told
    return notes.add(member_id=member.pk, text=text, author_id=author.pk, **told)


def test_pinned_notes_come_first_then_the_newest(lan, quân):
    write(lan, quân, "một")
    write(lan, quân, "hai", at=NOON + timedelta(hours=1))
    write(lan, quân, "ba", pinned=True, at=NOON - timedelta(days=1))
    assert [note.text for note in notes.of_member(member_id=lan.pk, user_id=quân.pk)] == ["ba", "hai", "một"]


def test_each_note_is_seen_by_those_it_is_for(lan, quân):
    hoa = hire("hoa", roles.STORE_MANAGER)
    write(lan, quân, "cho mọi người", seen_by="everybody")
    write(lan, quân, "cho văn phòng", seen_by="office")
    mine = write(lan, quân, "cho tôi", seen_by="author")
    assert [note.text for note in notes.at_counter(member_id=lan.pk)] == ["cho mọi người"]
    assert len(notes.of_member(member_id=lan.pk, user_id=quân.pk)) == 3
    assert "cho tôi" not in [note.text for note in notes.of_member(member_id=lan.pk, user_id=hoa.pk)]
    for nobody in (hoa.pk, None):
        with pytest.raises(notes.NoteUnknown):
            notes.remove(note_id=mine.pk, user_id=nobody, by="user:1", at=NOON)
    assert notes.of_member(member_id=MemberFactory().pk, user_id=quân.pk) == []


def test_a_note_taken_away_is_shown_to_nobody_and_still_there(lan, quân):
    note = write(lan, quân)
    notes.remove(note_id=note.pk, user_id=quân.pk, by="user:1", at=NOON)
    assert notes.of_member(member_id=lan.pk, user_id=quân.pk) == []
    assert Note.objects.get().removed_by == "user:1"


def test_a_notes_text_stays_as_written(lan, quân):
    note = write(lan, quân)
    notes.pin(note_id=note.pk, pinned=True, user_id=quân.pk)
    with pytest.raises(InternalError), transaction.atomic():
        Note.objects.update(text="Không dị ứng.")
    Note.objects.update(text="")  # erasing a member


def test_the_same_form_sent_twice_is_one_note_and_an_empty_one_none(lan, quân):
    token = uuid4()
    assert write(lan, quân, token=token).pk == write(lan, quân, token=token).pk
    with pytest.raises(WordsMissing):
        write(lan, quân, " \n\t ")
    assert Note.objects.count() == 1


def test_a_store_names_who_looks_after_its_members_and_takes_it_back(lan, quân):
    lan.home_store_id = 5
    lan.save(update_fields=["home_store_id"])
    contacts.set_for_store(store_id=5, user_id=quân.pk)
    contact = contacts.of_member(member_id=lan.pk)
    assert (contact.name, contact.appointed) == ("quân", False)
    contacts.set_for_store(store_id=5, user_id=None)
    assert contacts.of_member(member_id=lan.pk) is None
