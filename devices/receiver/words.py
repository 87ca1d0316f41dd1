"""The few sentences a receiver says to a person, Vietnamese first, then English."""

from typing import Final

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "unreadable": (
        "Không đọc được tệp cấu hình {file} ({why}). Hãy kiểm tra đường dẫn và quyền đọc tệp.",
        "The settings file {file} cannot be read ({why}). Check its path and that it may be read.",
    ),
    "not-toml": (
        "Tệp cấu hình {file} sai cú pháp TOML: {why}. Hãy sửa dòng đó.",
        "The settings file {file} is not TOML: {why}. Mend that line.",
    ),
    "unknown": (
        "{file}: không có khóa “{key}”. {hint_vi}",
        "{file}: there is no key “{key}”. {hint_en}",
    ),
    "meant-vi": ("Có phải ý bạn là “{near}”?", ""),
    "meant-en": ("", "Did you mean “{near}”?"),
    "known-vi": ("Các khóa dùng được: {keys}.", ""),
    "known-en": ("", "Known keys: {keys}."),
    "section": (
        "{file}: “{key}” phải là một mục, viết là [{key}] trên dòng riêng.",
        "{file}: “{key}” is a section; write [{key}] on a line of its own.",
    ),
    "wrong": (
        "{file}: giá trị của “{key}” không dùng được ({why}). Hãy viết: {write}",
        "{file}: the value of “{key}” cannot be used ({why}). Write: {write}",
    ),
    "absent": (
        "{file}: thiếu khóa “{key}”. Hãy viết: {write}",
        "{file}: the key “{key}” is missing. Write: {write}",
    ),
    "password": (
        "{file}: không đọc được tệp {path} ghi ở “broker.password_file” ({why}). Hãy đặt tệp vào đó hoặc xóa khóa.",
        "{file}: {path}, named by “broker.password_file”, cannot be read ({why}). Put it there, or remove the key.",
    ),
    "identity": (
        "Tệp khóa {path} bị hỏng ({why}). Hãy chép lại thư mục của cụm loa do máy chủ tạo.",
        "The key file {path} is damaged ({why}). Copy the receiver's folder from the server again.",
    ),
    "locked": (
        "Đã có một chương trình cụm loa khác đang dùng thư mục {folder}. Hãy dừng chương trình đó trước.",
        "Another receiver is already running on the folder {folder}. Stop it first.",
    ),
    "no-folder": (
        "Không ghi được vào thư mục {folder} ({why}). Hãy sửa quyền, hoặc đổi khóa “data” trong {file}.",
        "The folder {folder} cannot be written to ({why}). Mend its rights, or change “data” in {file}.",
    ),
    "sound": (
        "Không mở được đường ra âm thanh ({why}). Hãy kiểm tra mục [sound] trong {file}.",
        "The sound output cannot be opened ({why}). Check [sound] in {file}.",
    ),
}


def say(key: str, /, **facts: object) -> str:
    """The sentence in both languages, Vietnamese first, gaps filled. Raises KeyError for a key that is not there."""
    return "\n".join(half.format(**facts) for half in _SENTENCES[key] if half)
