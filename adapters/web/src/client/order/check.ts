import type { Contact } from './draft.svelte';

export type ContactField = keyof Contact;

/** What is missing before an order can be sent; the server checks more than this. */
export function missingIn({ name, email }: Contact): ContactField[] {
  const missing: ContactField[] = [];
  if (name.trim() === '') missing.push('name');
  if (!/^\S+@\S+\.\S+$/.test(email.trim())) missing.push('email');
  return missing;
}
