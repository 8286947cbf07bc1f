/** Where no frame is drawn, as in a page that nobody sees, what came is taken this often, in ms. */
const WITHOUT_FRAMES_MS = 250;

/** Calls `work` once before the next frame, however often it was asked for. */
export function beforeNextFrame(work: () => void): () => void {
  let frame = 0;
  let timer = 0;
  const go = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = 0;
    work();
  };
  return () => {
    if (frame !== 0) return;
    frame = requestAnimationFrame(go);
    timer = window.setTimeout(go, WITHOUT_FRAMES_MS);
  };
}
