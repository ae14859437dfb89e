// A picture over 2 MB is made smaller here before it is sent. Where that fails, it is said at once.
const MOST_BYTES = 2 * 1024 * 1024;
const LONGEST_SIDE = 2000;
const field = document.querySelector("input[name=new_portrait]");
const said = document.createElement("p");

async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  if (!blob || blob.size > MOST_BYTES) throw new RangeError("still too large");
  return new File([blob], "portrait.jpg", { type: blob.type });
}

function choose(file) {
  const chosen = new DataTransfer();
  chosen.items.add(file);
  field.files = chosen.files;
}

async function fit() {
  const [file] = field.files;
  said.textContent = "";
  if (!file || file.size <= MOST_BYTES) return;
  said.textContent = "This picture is over 2 MB. Making it smaller …";
  try {
    choose(await smaller(file));
    said.textContent = "It was over 2 MB, so it was made smaller here. You can save it.";
  } catch {
    field.value = "";
    said.textContent = "Choose a picture of 2 MB or less. This one could not be made smaller here.";
  }
}

if (field) {
  said.setAttribute("role", "status");
  field.after(said);
  field.addEventListener("change", fit);
}
