import { beforeNextFrame } from "./before-next-frame.ts";
import { follow, type Link } from "./connection.ts";
import { type Kept, keep, MOST_TOLD, type News } from "./kept.ts";

export interface KeptListener {
  onLink(link: Link): void;
  /** Called once a frame at most. */
  onKept(kept: Kept): void;
}

const NO_NEWS: News = { state: undefined, told: [] };

/** Follows the sandbox, and keeps what it tells. */
export function followKept(token: string, { onLink, onKept }: KeptListener): void {
  let kept: Kept = NO_NEWS;
  let news = NO_NEWS;
  const take = beforeNextFrame(() => {
    kept = keep(kept, news);
    news = NO_NEWS;
    onKept(kept);
  });
  void follow(token, {
    onLink,
    onState: (state) => {
      news = { ...news, state };
      take();
    },
    onEvent: (one) => {
      news = { ...news, told: [...news.told, one].slice(-MOST_TOLD) };
      take();
    },
  });
}
