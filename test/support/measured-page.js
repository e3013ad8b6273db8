// Runs in a page, where the types of the tests do not reach: what is wider than the window, and what is hard to hit.

const PRESSED =
  'button, summary, select, input:not([type=hidden]), textarea, a[href], [role=button], [role=tab], [role=menuitem], [role=slider]';

const nameOf = (element) => {
  const said = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replaceAll(/\s+/g, ' ').slice(0, 40);
  const names = [...element.classList].map((name) => `.${name}`).join('');
  return `${element.tagName.toLowerCase()}${names} "${said}"`;
};

const isSeen = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });

/** Within something that scrolls by itself, or cuts what is too wide. */
const isHeld = (element) => {
  const { parentElement: parent } = element;
  if (parent === null || parent === document.body) return false;
  return getComputedStyle(parent).overflowX !== 'visible' || isHeld(parent);
};

const rightOf = (element) => element.getBoundingClientRect().right;

const tooWide = () => {
  const { scrollWidth } = document.scrollingElement;
  if (scrollWidth <= innerWidth) return [];
  const found = [...document.body.querySelectorAll('*')]
    .filter((element) => isSeen(element) && rightOf(element) > innerWidth + 0.5 && !isHeld(element))
    .map((element) => `${nameOf(element)} ends at ${Math.round(rightOf(element))}`);
  return found.length > 0 ? found : [`the page is ${scrollWidth} px wide`];
};

/** A link that is nothing but text is as high as its line; that it can be hit axe sees by what is around it. */
const isText = (element) => {
  const { backgroundColor, borderTopWidth, borderBottomWidth, paddingTop } = getComputedStyle(element);
  return (
    element.matches('a[href]') &&
    [borderTopWidth, borderBottomWidth, paddingTop].every((width) => parseFloat(width) === 0) &&
    backgroundColor === 'rgba(0, 0, 0, 0)'
  );
};

/** A label is pressed in place of its input, and what lies over a link and fills its row in place of the link. */
const sizeOf = (element) => {
  const boxes = [element, ...(element.labels ?? [])].map((each) => each.getBoundingClientRect());
  const over = getComputedStyle(element, '::after');
  if (over.content !== 'none' && over.position === 'absolute')
    boxes.push({ width: parseFloat(over.width), height: parseFloat(over.height) });
  return { width: Math.max(...boxes.map(({ width }) => width || 0)), height: Math.max(...boxes.map(({ height }) => height || 0)) };
};

const tooSmall = (least) =>
  [...document.querySelectorAll(PRESSED)]
    .filter((element) => isSeen(element) && !isText(element) && element.closest('[inert], .cm-editor') === null)
    .map((element) => ({ element, size: sizeOf(element) }))
    // What is there for screen readers only is one pixel.
    .filter(({ size: { width, height } }) => width > 1 && height < least - 0.5)
    .map(({ element, size: { width, height } }) => `${nameOf(element)} is ${Math.round(width)} × ${Math.round(height)}, not ${least} high`);

globalThis.measuredPage = { tooWide, tooSmall };
