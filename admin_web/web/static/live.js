// One EventSource a browser: the tab that holds the lock listens and tells the others over a BroadcastChannel.
const NAME = "phonekeep-live";
const AGAIN_MS = 3000;

/** Call `hear` with {seen: {event, status}}, {beat: true}, {lost: true} or {ended: true}, whichever tab heard it. */
export function follow(hear) {
  const channel = new BroadcastChannel(NAME);
  let leader = null;
  channel.onmessage = ({ data }) => {
    if (data.ask) leader?.repeat();
    else hear(data);
  };
  channel.postMessage({ ask: true });
  navigator.locks.request(NAME, () => new Promise(() => {
    leader = lead((what) => {
      channel.postMessage(what);
      hear(what);
    });
  }));
}

function lead(tell) {
  let last = null;
  const connect = () => {
    const source = new EventSource("/live");
    source.addEventListener("seen", (event) => {
      last = { seen: JSON.parse(event.data) };
      tell(last);
    });
    source.addEventListener("beat", () => tell({ beat: true }));
    source.addEventListener("ended", () => {
      source.close();
      tell({ ended: true });
    });
    source.onerror = () => {
      tell({ lost: true });
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MS);
    };
  };
  connect();
  return { repeat: () => last && tell(last) };
}
