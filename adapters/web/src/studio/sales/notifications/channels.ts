/** The events of which a studio can hear, in the order in which they matter. */
export const events = [
  'order_placed',
  'order_amended',
  'order_moved',
  'selection_submitted',
  'share_opened',
  'photo_ready',
  'photo_failed',
  'photo_reshaped',
] as const;

/** The channels that a person chooses here. */
export const shownChannels = ['in_app', 'web_push', 'email'] as const;
export type Channel = (typeof shownChannels)[number];

/** All channels of the API. Those that are not shown belong to other programs, and stay as they are. */
const allChannels: readonly string[] = ['in_app', 'web_push', 'fcm', 'email', 'webhook', 'topic'];

/** What asks the studio for something goes by mail too, as long as nothing else is said; the rest would only fill mailboxes. */
const mailed: readonly string[] = ['order_placed', 'order_amended', 'selection_submitted', 'photo_failed', 'photo_reshaped'];

/** Where an event goes of which nothing was said. */
function usual(event: string): readonly string[] {
  return mailed.includes(event) ? allChannels : allChannels.filter((channel) => channel !== 'email');
}

type Choices = Record<string, string[] | undefined>;

export function isOn(choices: Choices, event: string, channel: Channel): boolean {
  return (choices[event] ?? usual(event)).includes(channel);
}

/** The channels of an event after one of them was switched; null when it goes where it usually does. */
export function switched(choices: Choices, event: string, channel: Channel, on: boolean): string[] | null {
  const before = choices[event] ?? usual(event);
  const after = allChannels.filter((one) => (one === channel ? on : before.includes(one)));
  return after.join() === usual(event).join() ? null : after;
}
