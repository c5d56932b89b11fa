/** The events of which a studio can hear, in the order in which they matter. */
export const events = [
  'order_placed',
  'order_amended',
  'order_moved',
  'selection_submitted',
  'share_opened',
  'photo_ready',
  'photo_failed',
] as const;

/** The channels that a person chooses here. */
export const shownChannels = ['in_app', 'web_push', 'email'] as const;
export type Channel = (typeof shownChannels)[number];

/** All channels of the API. Those that are not shown belong to other programs, and stay as they are. */
const allChannels: readonly string[] = ['in_app', 'web_push', 'fcm', 'email', 'webhook'];

type Choices = Record<string, string[] | undefined>;

/** An event that nothing was said about goes everywhere. */
export function isOn(choices: Choices, event: string, channel: Channel): boolean {
  return choices[event]?.includes(channel) ?? true;
}

/** The channels of an event after one of them was switched; null when it goes everywhere again. */
export function switched(choices: Choices, event: string, channel: Channel, on: boolean): string[] | null {
  const before = choices[event] ?? allChannels;
  const after = allChannels.filter((one) => (one === channel ? on : before.includes(one)));
  return after.length === allChannels.length ? null : after;
}
