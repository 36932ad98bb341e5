import type { Duplex } from 'node:stream';

/**
 * Notices that nothing has come from the other side for a while; the library pings meanwhile, so a living link is never silent.
 * Time is counted in ticks of a running process: after the computer slept, the link gets its full time to answer.
 *
 * @param milliseconds silence after which `dead` is called, up to a seventh later
 * @returns the function that ends the watch
 */
export function watchLink(socket: Duplex, milliseconds: number, dead: () => void): () => void {
  let heard = true;
  let silent = 0;
  const listen = () => {
    heard = true;
  };
  socket.on('data', listen);
  const timer = setInterval(() => {
    silent = heard ? 0 : silent + 1;
    heard = false;
    if (silent >= 7) {
      stop();
      dead();
    }
  }, milliseconds / 7);
  function stop(): void {
    clearInterval(timer);
    socket.off('data', listen);
  }
  return stop;
}
