"""Where the use cases of templates are joined, for `broadcast.bootstrap`."""

from functools import partial

from broadcast.newsroom import templating
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.office_templates import TemplateOffice
from broadcast.recording import in_name


def join(desk: Desk) -> TemplateOffice:
    """What changes an area's templates is done in the name of who does it."""
    return TemplateOffice(
        templates=partial(templating.templates, desk),
        template=partial(templating.template, desk),
        save_template=in_name("save_template", partial(templating.save_template, desk)),
        hide_template=in_name("hide_template", partial(templating.hide_template, desk)),
        restore_template=in_name("restore_template", partial(templating.restore_template, desk)),
    )
