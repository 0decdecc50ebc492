"""The pictures of the demonstration: each number of each person is that of the list it leads to."""

from ..demonstration import Demonstration
from ..reports.pictures.conftest import MONDAY
from ..reports.pictures.test_pictures import count_of_list, lines, pictures_of


def test_each_number_is_that_of_its_list(loaded: Demonstration) -> None:
    told, numbers = list(pictures_of(MONDAY)), 0
    for part in told:
        for words, (number, address) in lines(part).items():
            numbers += bool(number)
            assert number == count_of_list(part.to.viewer, address, MONDAY), (part.to.email, words)
    assert len(told) > 30 and numbers > 100
