import type { Dispatcher } from "undici";

/**
 * A dispatcher that asks `allow` at the very moment at which a write's bytes go into its socket, and fails the
 * request with what `allow` throws. Asking any earlier would let a write through that waited for a connection, or
 * that was on its way when the whole process was stopped. Reads pass unasked.
 */
export function fencedDispatcher(dispatcher: Dispatcher, allow: () => void): Dispatcher {
  return dispatcher.compose(
    (dispatch) => (options, handler) =>
      dispatch(options, options.method === "GET" ? handler : fenced(handler, allow)),
  );
}

function fenced(handler: Dispatcher.DispatchHandler, allow: () => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...args) => {
      allow();
      handler.onRequestStart?.(...args);
    },
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}
