class Basket {
  pieces = $state(0);
}
export const basket = new Basket();
