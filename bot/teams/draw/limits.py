"""What Teams takes: one table, used by everything that draws.

Sources, by the titles of Microsoft's pages: "Format your bot messages" and "Types of cards" (size of a message),
"Universal Actions for Adaptive Cards", "Cards and dialogs in Teams", "Design Adaptive Cards for your Teams app".
"""

from __future__ import annotations

VERSION = "1.5"  # later ones are drawn by no phone for sure
CARD_BYTES = 24_000  # of a card's JSON; Teams refuses messages from about 28 KB on
ACTIONS = 6  # in one set
TITLE = 60  # of a button; Teams cuts what is longer
DIALOG_TITLE = 60
SUMMARY = 300  # what a notification says
OPTIONS = 400  # of one choice, so that the card stays within its size
