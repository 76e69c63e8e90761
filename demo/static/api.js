// What the page asks of the bench; an error of any call is shown as the sentence the bench gave.

const toast = document.getElementById("toast");
let hide = 0;

export function complain(sentence) {
  toast.textContent = sentence;
  clearTimeout(hide);
  hide = setTimeout(() => { toast.textContent = ""; }, 7000);
}

export async function look(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** Do one thing on the bench; false, and the reason on the page, when it was refused. */
export async function act(path, body) {
  try {
    const answer = await fetch(`/api/bench/${path}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (answer.ok) return true;
    const { error, what_to_do: whatToDo } = await answer.json();
    complain(`${error} ${whatToDo}`);
  } catch {
    complain("The bench does not answer. Is phonekeep-demo still running?");
  }
  return false;
}

export function on(device, what, body) {
  return act(`devices/${device}/${what}`, body);
}
