"""What can go wrong while a document is made: owned by the rendering of documents, said in plain Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from apps.core.errors import DomainError

#: Debian's names of the native libraries the renderer needs; other systems have the same under similar names.
NATIVE_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "libfontconfig1")


class RenderingError(DomainError):
    """Base of everything that keeps a document from being made. `message` can be shown to the user."""

    status = 500


class MissingGlyph(RenderingError):
    """The text has characters that no font of the product can draw; they must never print as boxes.

    `characters`: the characters, in the order in which they appear, each once.
    `where`: for each of them a short piece of the text around it.
    """

    status = 422

    def __init__(self, characters: Sequence[str], where: Sequence[str] = ()) -> None:
        named = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in characters)
        places = "、".join(f"“{place}”" for place in dict.fromkeys(where) if place)
        found = f"，见于{places}" if places else ""
        super().__init__(f"文书中有字库没有的字：{named}{found}。请改用能显示的字，再重新生成文书。")
        self.characters = tuple(characters)
        self.where = tuple(where)


class RendererUnavailable(RenderingError):
    """The native text libraries are not installed on this machine. `packages` names what to install."""

    status = 503

    def __init__(self, packages: Sequence[str] = NATIVE_PACKAGES) -> None:
        super().__init__(
            f"本机缺少生成 PDF 所需的系统组件：{'、'.join(packages)}。"
            "请系统管理员安装后重试；在此之前可以使用网页的打印功能。"
        )
        self.packages = tuple(packages)


class RenderTimeout(RenderingError):
    """The document took longer than allowed and its process was ended. `seconds` is the limit."""

    status = 503

    def __init__(self, seconds: float) -> None:
        super().__init__(f"文书在 {seconds:g} 秒内没有生成完，已停止。请检查内容是否过长，或稍后重试。")
        self.seconds = seconds


class RenderTooLarge(RenderingError):
    """The document needs more memory, or is longer, than allowed."""

    status = 422

    def __init__(self, message: str = "文书内容过多，超出生成 PDF 的上限。请精简内容后重试。") -> None:
        super().__init__(message)


class RenderFailed(RenderingError):
    """Anything else. `detail` is for the log, never for the user."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("文书没有生成，系统已记录原因。请稍后重试，仍不成功请联系系统管理员。")
        self.detail = detail
