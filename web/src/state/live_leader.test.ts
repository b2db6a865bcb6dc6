import { describe, expect, it } from 'vitest';
import { kAnswerMs, kSilenceMs, LiveLeader, type Channel } from './live_leader';

// Tabs of one browser: a message of one reaches every other.
class Browser {
  now = 0;
  streams = 0;
  most_streams = 0;
  sources = new Map<string, (event: string) => void>();
  tabs: { id: string; leader: LiveLeader; got: string[]; channel: Channel }[] = [];

  open_tab(id: string) {
    const got: string[] = [];
    const channel: Channel = {
      onmessage: null,
      postMessage: (message) => {
        for (const tab of this.tabs) {
          if (tab.id !== id)
            tab.channel.onmessage?.(new MessageEvent('message', { data: message }));
        }
      },
    };
    const leader = new LiveLeader(
      id,
      channel,
      (deliver) => {
        ++this.streams;
        this.sources.set(id, deliver);
        return {
          close: () => {
            --this.streams;
            this.sources.delete(id);
          },
        };
      },
      (event) => got.push(event),
    );
    this.tabs.push({ id, leader, got, channel });
    this.show(leader);
    return { leader, got };
  }

  // A tab looks when it is shown, and once more as soon as an answer would have come.
  show(leader: LiveLeader) {
    leader.want(true);
    leader.tick(this.now);
    this.now += kAnswerMs;
    leader.tick(this.now);
    this.most_streams = Math.max(this.most_streams, this.streams);
  }

  // A second passes; every open stream delivers.
  second(event: string) {
    this.now += 1000;
    for (const tab of this.tabs) tab.leader.tick(this.now);
    for (const deliver of [...this.sources.values()]) deliver(event);
  }
}

describe('LiveLeader', () => {
  it('keeps one stream for ten tabs, and each tab hears every event once', () => {
    const browser = new Browser();
    const tabs = Array.from({ length: 10 }, (_, index) => browser.open_tab(`tab-${index}`));
    expect(browser.most_streams).toBe(1);
    browser.second('a');
    expect(browser.streams).toBe(1);
    for (const tab of tabs) tab.got.length = 0;
    browser.second('b');
    browser.second('c');
    expect(browser.streams).toBe(1);
    for (const tab of tabs) expect(tab.got).toEqual(['b', 'c']);
  });

  it('hands over at once when the holder is hidden', () => {
    const browser = new Browser();
    const first = browser.open_tab('a');
    const second = browser.open_tab('b');
    browser.second('1');
    browser.second('2');
    first.leader.want(false);
    expect(browser.streams).toBe(0);
    browser.second('3');
    expect(second.leader.holds_stream).toBe(true);
    expect(second.got.at(-1)).toBe('3');
    expect(first.got.at(-1)).toBe('2');
  });

  it('takes over from a tab that died without a word', () => {
    const browser = new Browser();
    browser.open_tab('a');
    const survivor = browser.open_tab('b');
    browser.second('1');
    browser.second('2');
    browser.tabs.shift();
    browser.sources.delete('a');
    browser.streams = 0;
    for (let passed = 0; passed < kSilenceMs; passed += 1000) browser.second('3');
    expect(survivor.leader.holds_stream).toBe(true);
  });

  it('ignores what is not of its kind', () => {
    const browser = new Browser();
    const { leader, got } = browser.open_tab('a');
    leader.want(false);
    leader.want(true);
    const channel = browser.tabs[0]?.channel;
    for (const data of [null, 7, 'event', {}, { from: 'b', kind: 'event' }]) {
      channel?.onmessage?.(new MessageEvent('message', { data }));
    }
    expect(got).toEqual([]);
    expect(leader.holds_stream).toBe(false);
  });
});
