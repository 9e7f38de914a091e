"""A phone number is the one that was meant, or is asked for again."""

import pytest

from shared.values.phones import PhoneRejected, normalise_phone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("62-21-3456789", "+62213456789"),
        ("(62) 21 3456789", "+62213456789"),
        ("62 274 512345", "+62274512345"),
        ("62 361 234567", "+62361234567"),
        ("(62)(361)234567", "+62361234567"),
        ("6281234567890", "+6281234567890"),
        ("62 0812 3456 7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("(+62) 812-3456-7890", "+6281234567890"),
        ("0062 812 3456 7890", "+6281234567890"),
        ("001 62 812 3456 7890", "+6281234567890"),
        ("0812.3456.7890", "+6281234567890"),
        ("0812\u20113456\u20117890", "+6281234567890"),
        ("\uff10\uff18\uff11\uff1234567890", "+6281234567890"),
        ("85211234567", "+6285211234567"),
        ("021 3456789", "+62213456789"),
        ("+44 20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
        ("+60 12-345 6789", "+60123456789"),
    ],
)
def test_a_number_is_read_as_it_was_meant(written: str, number: str) -> None:
    assert normalise_phone(written) == number
    assert normalise_phone(number) == number


@pytest.mark.parametrize(
    "written",
    ["81 90 1234 5678", "44 20 7946 0958", "1 202 555 0123", "65 9123 4567", "60 12 345 6789"],
)
def test_a_number_of_another_country_without_plus_is_not_made_indonesian(written: str) -> None:
    with pytest.raises(PhoneRejected) as refused:
        normalise_phone(written)
    assert refused.value.code == "phone_ambiguous"


@pytest.mark.parametrize(
    "written",
    [
        *("622150000", "+622150000", "62", "", "+", "0", "1708", "112", "0812"),
        *("021-3456789 ext 12", "021 3456789;phone-context=+1", "0812/081234567890"),
        *("08123456789 08123456788", "TELKOMSEL", "0812-CALL-ME", "++6281234567890"),
        *("628123+4567890", "\u0668\u0661", "0812 3456 7890 x"),
    ],
)
def test_what_nobody_can_be_called_at_is_refused(written: str) -> None:
    with pytest.raises(PhoneRejected) as refused:
        normalise_phone(written)
    assert refused.value.code == "phone_invalid"
    assert not written or written not in str(refused.value)
