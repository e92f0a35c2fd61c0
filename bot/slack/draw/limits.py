"""What Slack takes, in characters unless said otherwise: one table, used by everything that draws.

Sources, by the titles of Slack's reference pages: "Blocks" with "Header block", "Input block", "Actions block" and
"Context block"; "Block elements" with "Button element", "Plain-text input element", "Select menu element", "Radio
button group element" and "Checkbox group element"; "Composition objects" with "Option object" and "Option group
object"; "Modal views"; "Home tab views"; "Retrieving and sending messages". Where a page and Slack's own library
differ, the smaller number stands here.
"""

from __future__ import annotations

# "Blocks", "Retrieving and sending messages". That a message has a size, and which, is on no page: Slack answers
# msg_blocks_too_long from about here. We count the JSON, which is never less than what Slack counts.
MESSAGE_BLOCKS = 50
MESSAGE_SIZE = 13_200
NOTICE = 300  # of a message's `text`, which notifications and screen readers use; Slack takes more, phones show less

# "Modal views", "Home tab views"
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000
VIEW_TITLE = 24
VIEW_BUTTON = 24  # submit and close
PRIVATE = 3_000  # private_metadata

# "Header block", "Section block", "Input block", "Actions block", "Context block"
HEADER = 150
TEXT = 3_000  # of a section; kept for a rich text block too, for which no number is published
LABEL = 2_000
HINT = 2_000
ROW = 5  # buttons side by side; Slack takes 25, of which nobody finds the twentieth

# "Button element"
BUTTON_LABEL = 75
BUTTON_VALUE = 2_000
URL = 3_000
IDENT = 255  # action_id, block_id

# "Option object", "Option group object", "Select menu element", "Radio button group element"
OPTION_LABEL = 75
OPTION_HINT = 75
OPTION_VALUE = 150
OPTIONS = 100  # of a menu, and of one group of a menu
GROUPS = 100
BOXES = 10  # of radio buttons or check boxes
PLACEHOLDER = 150

# "Plain-text input element"
INPUT = 3_000
