/**
 * The control that has the focus when its dialog opens, in the place of the button that closes it. With a finger it has
 * not: the keyboard would come up over the form.
 */
export function firstFocus(control: HTMLElement): void {
  control.autofocus = matchMedia('(pointer: fine)').matches;
}
