// Finds a name among those on the page; the name is typed here and goes nowhere.
const field = document.getElementById("find-field");
const find = document.getElementById("find");
const none = document.getElementById("found-none");
const rows = [...document.querySelectorAll("tr[data-name]")];

field.hidden = rows.length < 2;
find.addEventListener("input", () => {
  const wanted = find.value.trim().toLocaleLowerCase("en-GB");
  for (const row of rows) row.hidden = !row.dataset.name.includes(wanted);
  none.hidden = rows.some((row) => !row.hidden);
});
find.form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target === find) event.preventDefault();
});
