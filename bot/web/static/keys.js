// Comforts only: every page does all it does without this file.
"use strict";

document.documentElement.classList.add("js");

// "/" goes to the command box, unless one is typing already.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("words");
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && box && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
  }
});

// The second click of two sends nothing; a page that one comes back to may send again.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// How much room is left in a box, said only near its end, so that nobody is talked to at every letter.
for (const box of document.querySelectorAll(".field [maxlength]")) {
  const room = box.closest(".field").querySelector(".room");
  if (!room) continue;
  const before = room.textContent;
  room.setAttribute("role", "status");
  box.addEventListener("input", () => {
    const left = box.maxLength - box.value.length;
    room.textContent = left <= box.maxLength / 5 ? `${left.toLocaleString("en")} characters left.` : before;
  });
}

// Finding somebody among many.
const search = document.getElementById("search");
if (search) {
  search.closest(".needs-js").hidden = false;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const group of document.querySelectorAll(".groups section")) {
      for (const person of group.querySelectorAll("li")) {
        person.hidden = !person.textContent.toLowerCase().includes(wanted);
      }
      group.hidden = !group.querySelector("li:not([hidden])");
    }
  });
}
