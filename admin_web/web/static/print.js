// The list opens the printer's dialog by itself: one press less when the bell rings.
document.getElementById("print").addEventListener("click", () => print());
addEventListener("load", () => print());
