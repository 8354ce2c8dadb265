"""The shop's logo."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["image"])
class Logo(models.Model):
    """One picture, drawn again from what was uploaded: it holds nothing but the picture."""

    id = models.SmallAutoField(primary_key=True)
    image = models.BinaryField(editable=False)
    kind = models.TextField(_("loại ảnh"), choices=[("png", "PNG"), ("jpeg", "JPEG")])
    digest = models.TextField(_("dấu của ảnh"))  # SHA-256 of image: part of its address
    width = models.SmallIntegerField(_("rộng (điểm ảnh)"))
    height = models.SmallIntegerField(_("cao (điểm ảnh)"))
    uploaded_at = models.DateTimeField(_("tải lên lúc"))
    uploaded_by = models.TextField(_("người tải lên"))

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("Logo")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_logo"),
            models.CheckConstraint(condition=Q(kind__in=["png", "jpeg"]), name="a_logo_is_png_or_jpeg"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.width} × {self.height}"
