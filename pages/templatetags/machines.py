from typing import Any

from django import template

from pages import rendering, structured_data

register = template.Library()


@register.simple_tag(name="structured_data", takes_context=True)
def structured_data_tag(context: Any) -> str:
    """The page once more for machines; nothing where there is nothing to say."""
    found = structured_data.of_page(context.flatten())
    return rendering.data_block(found) if found else ""
