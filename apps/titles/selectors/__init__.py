"""Reading the register: standing, titles of an actor's jurisdiction, the public directory, verification, lists."""

from apps.titles.selectors.directory import (
    Directory,
    DirectoryRow,
    Stamp,
    Verification,
    directory_rows,
    public_directory,
    register_stamp,
    verify,
)
from apps.titles.selectors.lists import (
    ListFile,
    ListLine,
    ListSummary,
    external_list,
    external_lists,
    matches,
    unmatched_rows,
)
from apps.titles.selectors.register import (
    BanRow,
    TitleFile,
    TitlePage,
    TitleRow,
    bans_of,
    live_title_ids,
    title_by_source,
    title_file,
    titles_of,
    titles_page,
)
from apps.titles.selectors.standing import standing_of, standings_of

__all__ = [
    "BanRow",
    "Directory",
    "DirectoryRow",
    "ListFile",
    "ListLine",
    "ListSummary",
    "Stamp",
    "TitleFile",
    "TitlePage",
    "TitleRow",
    "Verification",
    "bans_of",
    "directory_rows",
    "external_list",
    "external_lists",
    "live_title_ids",
    "matches",
    "public_directory",
    "register_stamp",
    "standing_of",
    "standings_of",
    "title_by_source",
    "title_file",
    "titles_of",
    "titles_page",
    "unmatched_rows",
    "verify",
]
