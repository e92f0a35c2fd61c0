"""The schema of Adaptive Cards up to 1.5 as a table: which properties each type has, and which of them it must have.

Source: https://adaptivecards.io/explorer and the JSON schema of version 1.5.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SPACINGS = {"none", "small", "default", "medium", "large", "extralarge", "padding"}
SIZES = {"default", "small", "medium", "large", "extralarge"}
WEIGHTS = {"default", "lighter", "bolder"}
COLORS = {"default", "dark", "light", "accent", "good", "warning", "attention"}
FONTS = {"default", "monospace"}
STYLES = {"default", "emphasis", "good", "attention", "warning", "accent"}
SIDES = {"left", "center", "right"}
TEXT, WHOLE, YES, LIST, OBJECT, ANY = "text", "number", "boolean", "list", "object", "anything"
Sort = str | set[str]


@dataclass(frozen=True)
class Type:
    """A type: its own properties with what each holds, and those it needs."""

    has: dict[str, Sort]
    needs: set[str] = field(default_factory=set)


ELEMENT: dict[str, Sort] = {
    "type": TEXT, "id": TEXT, "fallback": ANY, "height": {"auto", "stretch"}, "separator": YES, "spacing": SPACINGS,
    "isVisible": YES, "requires": OBJECT,
}  # fmt: skip
INPUT: dict[str, Sort] = {**ELEMENT, "label": TEXT, "isRequired": YES, "errorMessage": TEXT, "value": TEXT}
ACTION: dict[str, Sort] = {
    "type": TEXT, "id": TEXT, "title": TEXT, "iconUrl": TEXT, "style": {"default", "positive", "destructive"},
    "fallback": ANY, "tooltip": TEXT, "isEnabled": YES, "mode": {"primary", "secondary"}, "requires": OBJECT,
}  # fmt: skip
BOX: dict[str, Sort] = {
    **ELEMENT, "selectAction": OBJECT, "style": STYLES, "bleed": YES, "minHeight": TEXT, "rtl": YES,
    "verticalContentAlignment": {"top", "center", "bottom"}, "backgroundImage": ANY,
}  # fmt: skip

ELEMENTS: dict[str, Type] = {
    "TextBlock": Type(
        {**ELEMENT, "text": TEXT, "color": COLORS, "fontType": FONTS, "horizontalAlignment": SIDES, "isSubtle": YES,
         "maxLines": WHOLE, "size": SIZES, "weight": WEIGHTS, "wrap": YES, "style": {"default", "heading"}},
        {"text"},
    ),
    "RichTextBlock": Type({**ELEMENT, "inlines": LIST, "horizontalAlignment": SIDES}, {"inlines"}),
    "Image": Type(
        {**ELEMENT, "url": TEXT, "altText": TEXT, "backgroundColor": TEXT, "horizontalAlignment": SIDES,
         "selectAction": OBJECT, "size": {"auto", "stretch", "small", "medium", "large"}, "width": TEXT,
         "style": {"default", "person"}},
        {"url"},
    ),
    "ImageSet": Type({**ELEMENT, "images": LIST, "imageSize": {"auto", "small", "medium", "large"}}, {"images"}),
    "Container": Type({**BOX, "items": LIST}, {"items"}),
    "ColumnSet": Type({**BOX, "columns": LIST, "horizontalAlignment": SIDES}),
    "FactSet": Type({**ELEMENT, "facts": LIST}, {"facts"}),
    "ActionSet": Type({**ELEMENT, "actions": LIST}, {"actions"}),
    "Table": Type(
        {**ELEMENT, "columns": LIST, "rows": LIST, "firstRowAsHeader": YES, "showGridLines": YES, "gridStyle": STYLES,
         "horizontalCellContentAlignment": SIDES, "verticalCellContentAlignment": {"top", "center", "bottom"}},
        {"columns", "rows"},
    ),
    "Input.Text": Type(
        {**INPUT, "isMultiline": YES, "maxLength": WHOLE, "placeholder": TEXT, "regex": TEXT, "inlineAction": OBJECT,
         "style": {"text", "tel", "url", "email", "password"}},
        {"id"},
    ),
    "Input.Number": Type({**INPUT, "value": WHOLE, "max": WHOLE, "min": WHOLE, "placeholder": TEXT}, {"id"}),
    "Input.Date": Type({**INPUT, "max": TEXT, "min": TEXT, "placeholder": TEXT}, {"id"}),
    "Input.Time": Type({**INPUT, "max": TEXT, "min": TEXT, "placeholder": TEXT}, {"id"}),
    "Input.Toggle": Type({**INPUT, "title": TEXT, "valueOn": TEXT, "valueOff": TEXT, "wrap": YES}, {"id", "title"}),
    "Input.ChoiceSet": Type(
        {**INPUT, "choices": LIST, "isMultiSelect": YES, "style": {"compact", "expanded", "filtered"},
         "placeholder": TEXT, "wrap": YES},
        {"id", "choices"},
    ),
}  # fmt: skip
COLUMN = Type({**BOX, "items": LIST, "width": ANY})
RUN = Type(
    {"type": TEXT, "text": TEXT, "color": COLORS, "fontType": FONTS, "highlight": YES, "isSubtle": YES, "italic": YES,
     "selectAction": OBJECT, "size": SIZES, "strikethrough": YES, "underline": YES, "weight": WEIGHTS},
    {"text"},
)  # fmt: skip
ACTIONS: dict[str, Type] = {
    "Action.OpenUrl": Type({**ACTION, "url": TEXT}, {"url"}),
    "Action.Submit": Type({**ACTION, "data": ANY, "associatedInputs": {"auto", "none"}}),
    "Action.Execute": Type({**ACTION, "verb": TEXT, "data": ANY, "associatedInputs": {"auto", "none"}}),
    "Action.ShowCard": Type({**ACTION, "card": OBJECT}, {"card"}),
    "Action.ToggleVisibility": Type({**ACTION, "targetElements": LIST}, {"targetElements"}),
}
ADAPTIVE_CARD = Type(
    {"type": TEXT, "version": TEXT, "$schema": TEXT, "body": LIST, "actions": LIST, "fallbackText": TEXT, "lang": TEXT,
     "speak": TEXT, "selectAction": OBJECT, "style": STYLES, "minHeight": TEXT, "rtl": YES, "refresh": OBJECT,
     "authentication": OBJECT, "backgroundImage": ANY, "msteams": OBJECT,
     "verticalContentAlignment": {"top", "center", "bottom"}},
    {"type", "version"},
)  # fmt: skip
CHOICE = Type({"title": TEXT, "value": TEXT}, {"title", "value"})
FACT = Type({"title": TEXT, "value": TEXT}, {"title", "value"})
