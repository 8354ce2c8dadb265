"""No page without a place in the walks of the four doors."""

from tests.doors.places import DOORS, wanting_a_place
from tests.doors.world import World


def test_every_page_has_its_place(world: World):
    found = set()
    for door in DOORS.values():
        found |= {place.name for place in door.places(world, world.browser(door.who))}
    assert wanting_a_place() - found == set()
