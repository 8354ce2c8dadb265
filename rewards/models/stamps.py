"""Stamp cards ("mua 9 tặng 1"): what they ask for, and what filled cards gave."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, UUIDv7, no_truncate


class StampCard(models.Model):
    """Buy `needed` pieces of some goods and get a voucher: one dated version of it.

    Never changed: staff publish the next version of the same `key` (`rewards.stamping`), which says what counts from
    its `valid_from` on; what was bought before still counts by the version of its day. All versions of a key need
    equally many pieces. A version that is not `active` ends the card.
    """

    id = models.AutoField(primary_key=True)
    key = models.SlugField(
        _("mã thẻ"), max_length=40, help_text=_("Chữ thường không dấu, số, gạch nối; ví dụ: ca-phe-9.")
    )
    version = models.SmallIntegerField(_("bản"), editable=False)
    active = models.BooleanField(
        _("đang chạy"), default=True, help_text=_("Tắt: ngừng đóng dấu; quà đã tặng vẫn dùng được.")
    )
    valid_from = models.DateTimeField(_("có hiệu lực từ"))
    valid_until = models.DateTimeField(
        _("đến"), null=True, blank=True, help_text=_("Để trống: không có ngày kết thúc.")
    )
    name_vi = models.CharField(_("tên"), max_length=80)
    name_en = models.CharField(_("tên (tiếng Anh)"), max_length=80)
    categories = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("nhóm hàng"),
        default=list,
        blank=True,
        help_text=_("Mỗi món của các nhóm này là một dấu."),
    )
    skus = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("mã hàng"),
        default=list,
        blank=True,
        help_text=_("Tính thêm ngoài các nhóm hàng."),
    )
    needed = models.SmallIntegerField(
        _("số dấu cần"), default=9, validators=[MinValueValidator(2), MaxValueValidator(100)]
    )
    gives = models.SlugField(_("voucher tặng"), max_length=40)
    published_at = models.DateTimeField(_("đăng lúc"), editable=False)
    published_by = models.TextField(editable=False)

    class Meta:
        verbose_name = _("thẻ tích dấu")
        verbose_name_plural = _("Thẻ tích dấu")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="a_stamp_card_has_one_of_each_version"),
            models.CheckConstraint(condition=Q(needed__range=(2, 100)), name="a_stamp_card_needs_2_to_100_stamps"),
            models.CheckConstraint(
                condition=~Q(categories=[]) | ~Q(skus=[]), name="a_stamp_card_says_what_gets_a_stamp"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="a_stamp_card_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(gives=""), name="a_stamp_card_gives_a_voucher"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return self.name_vi


class StampCardGift(models.Model):
    """The `number`-th filled card of a member gave its voucher, or lost it because goods came back.

    The natural key is (key, member, number, step): odd steps give, even ones take the voucher of the step before back.
    The last step of a number says whether it is given. `purchase_id`: the bill that filled the card; null where it was
    taken back.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    card = models.ForeignKey(StampCard, on_delete=models.PROTECT, db_index=False, related_name="+")
    key = models.TextField()
    member_id = models.UUIDField()
    number = models.IntegerField()
    step = models.SmallIntegerField()
    voucher = models.ForeignKey("rewards.Voucher", on_delete=models.PROTECT, related_name="+")
    purchase_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("quà của thẻ tích dấu")
        verbose_name_plural = _("Quà của thẻ tích dấu")
        constraints = [
            # also serves the look for what a member's cards gave
            models.UniqueConstraint(
                fields=["member_id", "key", "number", "step"], name="a_filled_card_gives_and_loses_in_turn"
            ),
            models.CheckConstraint(condition=Q(number__gte=1, step__gte=1), name="filled_cards_count_from_one"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.key} {self.member_id} {self.number}/{self.step}"

    @property
    def given(self) -> bool:
        return self.step % 2 == 1
