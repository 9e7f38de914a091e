"""The ways in which a report can be submitted (*Sumber Laporan*)."""

from enum import StrEnum


class Channel(StrEnum):
    WEBSITE = "website"
    ANDROID = "android"
    IOS = "ios"
    AGENCY_WEBSITE = "agency_website"
    SMS = "sms"
    X = "x"
    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    HOTLINE = "hotline"
    CALL_CENTER = "call_center"
    FACE_TO_FACE = "face_to_face"
    LETTER = "letter"
    PARTNER = "partner"
    OPEN311 = "open311"
