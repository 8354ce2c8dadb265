/* Thương hiệu: the picker and the written colour are one; a known unit brings its English; a logo is shown at once. */
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("brand-form");
  const field = (name) => form.querySelector(`[name="${name}"]`);
  const picker = document.getElementById("colour-picker");
  let logo = "";

  picker.addEventListener("input", () => {
    field("colour").value = picker.value;
  });
  field("colour").addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(field("colour").value)) picker.value = field("colour").value;
  });
  field("unit_vi").addEventListener("change", () => {
    const known = [...document.querySelectorAll("#units_vi option")].find((one) => one.value === field("unit_vi").value);
    if (known) field("unit_en").value = known.dataset.english;
  });

  const show = () => {
    if (!logo) return;
    for (const image of document.querySelectorAll("[data-logo]")) {
      image.src = logo;
      image.hidden = false;
    }
  };
  field("logo").addEventListener("change", () => {
    const [file] = field("logo").files;
    if (!file) return;
    const reader = new FileReader();
    reader.onload = () => {
      logo = reader.result;
      show();
    };
    reader.readAsDataURL(file);
  });
  document.body.addEventListener("htmx:afterSwap", show);
});
