export const notices = {
  bell: {
    name: 'Notifications',
    unread: { one: '# new notification', other: '# new notifications' },
    empty: 'Nothing new. Orders, selections and finished uploads show up here.',
    markRead: 'Mark all as read',
    settings: 'Settings',
    turnOn: 'Turn on notifications on this device',
  },
  push: {
    title: 'Push notifications in this browser',
    text: 'A notice on this device when an order arrives, even when Halftone is closed.',
    on: 'Turn on',
    off: 'Turn off',
    isOn: 'Push notifications are on in this browser.',
    denied: 'This browser was told not to show notifications of this site.',
    undo: 'To undo that, open the permissions of this site with the icon left of the address, set notifications to “allow”, and come back.',
    unsupported: 'This browser knows no push notifications.',
    iphone:
      'On an iPhone or iPad, add Halftone to the home screen first: Share, then “Add to Home Screen”. Open it from there and turn notifications on.',
    insecure: 'Browsers allow push notifications only over https or on this computer itself.',
    unavailable:
      'This server sends no push notifications. New orders show up under the bell, and by e-mail where it is set up.',
    failed: 'The browser could not reach its push service. Try again later, or in another browser.',
    dismissed: 'The browser has not asked you, or you closed its question. Try again and choose “allow”.',
    open: 'Open',
  },
  mails: {
    title: 'Notices of processing by e-mail',
    text: 'These addresses get a mail for each upload when its pictures are done. Each one has to consent first, by a link in its first mail.',
    none: 'No address yet.',
    address: 'E-mail address',
    add: 'Add',
    added: (email: string) => `A mail went to ${email}. It hears of uploads as soon as it has consented.`,
    remove: (email: string) => `Remove ${email}`,
    removed: (email: string) => `${email} was removed.`,
    since: (day: string) => `Added ${day}`,
    notOffered: 'This server sends no notices of processing by e-mail.',
  },
  choices: {
    title: 'What you hear of, and where',
    text: 'Push needs a browser in which it is turned on.',
    event: 'What happens',
    channels: { in_app: 'Bell', web_push: 'Push', email: 'E-mail' } as Record<string, string>,
    events: {
      order_placed: 'An order arrives',
      order_amended: 'A client changes an order',
      order_moved: 'An order moves on',
      selection_submitted: 'A client submits a selection',
      share_opened: 'A link is opened for the first time',
      photo_ready: 'Photos are ready',
      photo_failed: 'A photo fails',
    } as Record<string, string>,
    cell: (event: string, channel: string) => `${event}: ${channel}`,
  },
};

export type NoticesTexts = typeof notices;
