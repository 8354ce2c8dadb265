"""What an import says to the person who started it: why a file or a row was refused, and what was done."""

from collections.abc import Iterator

from django.utils.translation import get_language

from members.importing.reading import FileUnreadable
from members.importing.report import ImportReport

# code → (Vietnamese, English)
FILE_REASONS = {
    "not_utf8": (
        "Tệp không phải UTF-8 (dòng {line}). Hãy lưu lại dạng “CSV UTF-8”. Chưa ghi gì cả.",
        "The file is not UTF-8 (line {line}). Save it as “CSV UTF-8”. Nothing was written.",
    ),
    "nul": (
        "Dòng {line} có ký tự NUL: đây không phải tệp văn bản CSV. Chưa ghi gì cả.",
        "Line {line} holds a NUL character: this is not a CSV text file. Nothing was written.",
    ),
    "empty": ("Tệp trống. Chưa ghi gì cả.", "The file is empty. Nothing was written."),
    "columns_missing": (
        "Thiếu cột: {columns}. Chưa ghi gì cả.",
        "Columns are missing: {columns}. Nothing was written.",
    ),
    "columns_unknown": (
        "Cột không rõ hoặc không có tên: {columns}. Chưa ghi gì cả.",
        "Columns that are not known or have no name: {columns}. Nothing was written.",
    ),
    "not_excel": (
        "Không mở được tệp Excel này. Hãy lưu lại dạng .xlsx hoặc CSV UTF-8. Chưa ghi gì cả.",
        "This Excel file cannot be opened. Save it as .xlsx or CSV UTF-8. Nothing was written.",
    ),
    "too_large": (
        "Tệp quá lớn: hãy chia thành nhiều tệp. Chưa ghi gì cả.",
        "The file is too large: split it into several. Nothing was written.",
    ),
    "columns_twice": (
        "Có cột lặp lại. Chưa ghi gì cả.",
        "A column stands there twice. Nothing was written.",
    ),
}
ROW_REASONS = {
    "cells_wrong": ("thừa hoặc thiếu ô", "too many or too few cells"),
    "quotes_wrong": ("dấu ngoặc kép không đóng", "a quote is not closed"),
    "store_missing": ("thiếu mã cửa hàng", "no store"),
    "store_unknown": ("không có cửa hàng này", "no such store"),
    "receipt_missing": ("thiếu số hóa đơn", "no receipt number"),
    "receipt_conflict": (
        "số hóa đơn đã có với nội dung khác",
        "the receipt is there with other content",
    ),
    "kind_unknown": (
        "kind phải là sale hoặc return",
        "kind is neither sale nor return",
    ),
    "text_too_long": ("ô quá dài", "a cell is too long"),
    "occurred_at_unreadable": (
        "thời điểm không đọc được (ISO 8601)",
        "the moment cannot be read (ISO 8601)",
    ),
    "occurred_in_future": ("thời điểm ở tương lai", "the moment lies in the future"),
    "amount_unreadable": ("số tiền không đọc được", "the amount cannot be read"),
    "amount_too_fine": (
        "số tiền lẻ hơn đơn vị tiền tệ",
        "the amount is finer than the currency",
    ),
    "amount_out_of_bounds": ("số tiền quá lớn", "the amount is out of bounds"),
    "amount_negative": ("số tiền âm", "the amount is negative"),
    "cost_unreadable": ("giá vốn không đọc được", "the cost cannot be read"),
    "quantity_unreadable": ("số lượng không đọc được", "the quantity cannot be read"),
    "quantity_negative": ("số lượng âm", "the quantity is negative"),
    "bill_incomplete": (
        "một dòng khác của hóa đơn này bị lỗi",
        "another row of this bill is refused",
    ),
    "bill_mixed": (
        "các dòng của hóa đơn khác giờ hoặc khác khách",
        "the bill's rows differ in time or member",
    ),
    "bill_too_long": ("hóa đơn quá 500 dòng", "the bill has more than 500 lines"),
    "original_unknown": ("không có hóa đơn gốc", "no bill of that number before the return"),
    "line_unknown": ("hóa đơn gốc không còn món này đủ để trả", "the bill has not so much of the article left"),
    "returns_exceed_purchase": ("trả nhiều hơn đã mua", "more comes back than was bought"),
    "nothing_left": ("đã trả hết", "everything came back already"),
    "occurred_before_purchase": ("trả trước khi mua", "the return is before the sale"),
    "member_missing": ("không có gì để nhận ra khách", "nothing that names the member"),
    "identifier_twice": (
        "điện thoại, thẻ hoặc mã này là của khách khác trong tệp",
        "another person of the file has it",
    ),
    "external_id_unreadable": ("mã ngoài không đọc được", "the outside id cannot be read"),
    "phone_unreadable": ("số điện thoại không đọc được", "the phone cannot be read"),
    "card_unreadable": ("số thẻ không đọc được", "the card cannot be read"),
    "email_unreadable": ("e-mail không đọc được", "the e-mail cannot be read"),
    "name_unreadable": ("tên không đọc được", "the name cannot be read"),
    "birthday_unreadable": ("ngày sinh không có thật", "there is no such birthday"),
    "gender_unknown": ("giới tính không rõ", "the gender is not known"),
    "tags_unreadable": ("nhãn không đọc được", "the tags cannot be read"),
    "joined_at_unreadable": ("ngày tham gia không đọc được", "the day of joining cannot be read"),
    "tier_unknown": ("không có hạng này", "no such tier"),
    "tier_until_unreadable": ("hạn của hạng không đọc được", "the tier's end cannot be read"),
    "points_unreadable": ("điểm phải là số nguyên không âm", "points are whole and not negative"),
    "points_expire_on_unreadable": ("ngày hết hạn điểm không đọc được", "the end of the points cannot be read"),
    "purpose_unknown": ("mục đích không rõ", "the purpose is not known"),
    "channel_unknown": ("kênh không rõ", "the channel is not known"),
    "granted_at_unreadable": ("thời điểm đồng ý không đọc được", "the moment of the consent cannot be read"),
    "granted_at_in_future": ("thời điểm đồng ý ở tương lai", "the consent lies in the future"),
    "text_version_unknown": ("không có bản văn này cho mục đích này", "no such text for this purpose"),
    "member_unknown": ("không có khách này", "no such member"),
    "member_unreadable": (
        "không đọc được mã khách",
        "what names the member cannot be read",
    ),
    "member_ambiguous": ("nhiều khách cùng mã này", "several members share this"),
}


def _said(pair: tuple[str, str]) -> str:
    return pair[0] if (get_language() or "vi").startswith("vi") else pair[1]


def of_file(refusal: FileUnreadable) -> str:
    details = {
        **refusal.details,
        "columns": ", ".join(refusal.details.get("columns", ())) or "?",
    }
    return _said(FILE_REASONS[refusal.details["why"]]).format(**details)


def of_row(reason: str) -> str:
    return _said(ROW_REASONS[reason])


def of_report(done: ImportReport) -> Iterator[str]:
    """The lines a command prints at its end."""
    if done.dry_run:
        yield _said(("Chạy thử: không ghi gì cả.", "Dry run: nothing was written."))
    yield _said(("{rows} dòng đọc trong {s:.1f} s", "{rows} rows read in {s:.1f} s")).format(
        rows=done.rows, s=done.seconds
    )
    yield _said(("mới: {new}, đã có: {known}", "new: {new}, there already: {known}")).format(
        new=done.posted, known=done.known
    )
    for reason, rows in done.problems.items():
        yield f"  {rows} × {reason}: {of_row(reason)}"
    if done.errors_file:
        yield f"→ {done.errors_file}"
