// What is wrong with how the page, or the dialog or menu in front of it, is laid out; and how much of each
// kind was looked at. Evaluated by tests/browser/layout.py.
() => {
  const menu = document.querySelector("[aria-expanded=true][aria-controls]");
  const root =
    [...document.querySelectorAll("dialog[open]")].at(-1) ??
    (menu && document.getElementById(menu.getAttribute("aria-controls"))) ??
    document.body;
  const faults = new Set();

  const told = (text) => JSON.stringify(text.trim().replace(/\s+/g, " ").slice(0, 80));
  // Also the heads of tables, on phones.
  const isForScreenReaders = (element) => {
    const hidden = element.closest(".unseen, thead");
    return hidden !== null && getComputedStyle(hidden).clipPath !== "none";
  };
  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    !element.closest("[inert], option") &&
    !isForScreenReaders(element);
  const middle = ({ top, bottom }) => (top + bottom) / 2;
  const rectsOf = (range) =>
    [...range.getClientRects()].filter(({ width, height }) => width > 0.5 && height > 1);
  const linesOf = (range) => {
    const middles = rectsOf(range).map(middle);
    return middles.filter((one, at) => middles.findIndex((first) => Math.abs(first - one) < 4) === at)
      .length;
  };
  const textsIn = (element) => {
    const texts = [];
    const walker = document.createTreeWalker(element);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (!isShown(node.parentElement)) continue;
      if (node instanceof Text) texts.push(node);
      else if (node.localName === "br") texts.push({ data: "\n", length: 1, parentElement: node.parentElement });
    }
    return texts;
  };

  // ---- what is cut off ----

  // Beyond the edge of the screen, or of a box that hides what does not fit. Downwards, what can be
  // scrolled to is not cut off.
  const isCut = (range) => {
    const rects = rectsOf(range);
    let scrolls = false;
    let box = range.startContainer.parentElement;
    for (; box && box !== document.body; box = box.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(box);
      // Shown above all that it stands in.
      if (position === "fixed") break;
      if (overflowX === "visible") continue;
      const { left, right, top, bottom } = box.getBoundingClientRect();
      if (rects.some((rect) => rect.left < left - 1 || rect.right > right + 1)) return true;
      scrolls ||= overflowY === "auto" || overflowY === "scroll";
      const hides = rects.some((rect) => rect.top < top - 2 || rect.bottom > bottom + 2);
      if (!scrolls && hides) return true;
    }
    const width = document.documentElement.clientWidth;
    return rects.some(({ left, right }) => left < -1 || right > width + 1);
  };
  for (const element of [document.documentElement, ...root.querySelectorAll("*")]) {
    if (element.matches("td, th, li, dd, p, h1, h2, h3, dialog, dialog *, html") &&
        isShown(element) && getComputedStyle(element).display !== "inline" &&
        !element.matches("input, textarea, select, video, audio, svg *, option") &&
        element.scrollWidth > element.clientWidth + 1) {
      faults.add(`wider than its place: <${element.localName}> ${told(element.innerText)}`);
    }
  }

  if (root.matches("dialog") && root.scrollHeight > root.clientHeight + 1) {
    faults.add("the dialog can be scrolled out of its frame");
  }

  // ---- codes and addresses ----

  const blockOf = (element) =>
    getComputedStyle(element).display === "inline" ? blockOf(element.parentElement) : element;
  // The text of each block, with the nodes that it comes from.
  const blocks = new Map();
  for (const node of textsIn(root)) {
    const block = blockOf(node.parentElement);
    if (!blocks.has(block)) blocks.set(block, []);
    blocks.get(block).push(node);
  }
  // Whether something is in pieces that has room on a line, or that is short enough for any line.
  const SHORT = 20;
  const isBroken = (range, block) => {
    if (linesOf(range) < 2) return false;
    const { paddingLeft, paddingRight } = getComputedStyle(block);
    const room = block.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const width = rectsOf(range).reduce((sum, rect) => sum + rect.width, 0);
    return width < room - 1 || range.toString().length <= SHORT;
  };
  const rangeIn = (nodes, from, to) => {
    const range = document.createRange();
    let at = 0;
    for (const node of nodes) {
      const end = at + node.length;
      if (from >= at && from < end) range.setStart(node, from - at);
      if (to > at && to <= end) range.setEnd(node, to - at);
      at = end;
    }
    return range;
  };
  const isCovered = (range) => {
    const home = range.commonAncestorContainer;
    const element = home instanceof Element ? home : home.parentElement;
    element.scrollIntoView({ block: "center" });
    const [rect] = rectsOf(range);
    if (!rect) return true;
    const hit = document.elementFromPoint((rect.left + rect.right) / 2, middle(rect));
    return !hit || !element.contains(hit);
  };
  const ADDRESS = /[^\s,;:<>“”"()]+@[^\s,;:<>“”"()]*[^\s,;:<>“”"().]/g;
  let codes = 0;
  let addresses = 0;
  for (const [block, nodes] of blocks) {
    const text = nodes.map(({ data }) => data).join("");
    for (const { 0: code, index } of text.matchAll(/(?<![\w@.-])\d{6}(?![\w@-]|\.\w)/g)) {
      codes += 1;
      const range = rangeIn(nodes, index, index + 6);
      if (linesOf(range) !== 1) faults.add(`a code in pieces: ${code}`);
      if (isCut(range)) faults.add(`a code cut off: ${code}`);
      if (isCovered(range)) faults.add(`a code covered: ${code}`);
    }
    for (const { 0: email, index } of text.matchAll(ADDRESS)) {
      addresses += 1;
      const whole = rangeIn(nodes, index, index + email.length);
      if (isCut(whole)) faults.add(`an address cut off: ${email}`);
      if (isCovered(whole)) faults.add(`an address covered: ${email}`);
      // It may be broken beside its marks.
      let from = index;
      for (const part of email.split(/(?=[@.])|(?<=[.-])/)) {
        if (isBroken(rangeIn(nodes, from, from + part.length), block)) {
          faults.add(`an address broken at ${part}: ${email}`);
        }
        from += part.length;
      }
    }
    const others = text.replaceAll(ADDRESS, (email) => " ".repeat(email.length));
    for (const { 0: word, index } of others.matchAll(/[^\s.-]+/g)) {
      if (isBroken(rangeIn(nodes, index, index + word.length), block)) {
        faults.add(`a word in pieces: ${word}`);
      }
    }
  }

  // ---- buttons and other controls ----

  const controls = [
    ...root.querySelectorAll("button, a[href], input, select, textarea, summary"),
  ].filter(
    (element) =>
      isShown(element) &&
      element.type !== "hidden" &&
      // The way past the header is shown once it has the focus.
      element.getBoundingClientRect().bottom + scrollY > 0,
  );
  // What is pressed: a choice is as large as its label.
  const placeOf = (element) =>
    (element.matches("[type=radio], [type=checkbox]") && element.closest("label")) || element;
  const nameOf = (element) =>
    told(element.ariaLabel || placeOf(element).innerText || element.localName);
  // What of it shows in the part of a dialog that scrolls.
  const places = controls.map((element) => {
    const rects = [...placeOf(element).getClientRects()];
    let box = element.parentElement;
    while (box && !/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement;
    if (!box || box === document.documentElement) return rects;
    const { top, bottom } = box.getBoundingClientRect();
    return rects.map((rect) => ({
      left: rect.left,
      right: rect.right,
      top: Math.max(rect.top, top),
      bottom: Math.min(rect.bottom, bottom),
    }));
  });
  const meet = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  controls.forEach((one, at) => {
    controls.slice(at + 1).forEach((other, after) => {
      if (placeOf(one).contains(other) || placeOf(other).contains(one)) return;
      const overlap = places[at].some((a) => places[at + 1 + after].some((b) => meet(a, b)));
      if (overlap) faults.add(`overlapping: ${nameOf(one)} and ${nameOf(other)}`);
    });
  });
  for (const element of controls) {
    const place = placeOf(element);
    const { width, height } = place.getBoundingClientRect();
    // Links within a text are as high as its lines (WCAG 2.5.8); axe looks at those.
    const inText = element.localName === "a" && getComputedStyle(element).display === "inline";
    if (!inText && (width < 24 || height < 24)) {
      faults.add(`too small: ${nameOf(element)}, ${width} × ${height}`);
    }
    place.scrollIntoView({ block: "center" });
    const { left, right, top, bottom } = place.getBoundingClientRect();
    const fits = bottom - top <= innerHeight;
    if (left < 0 || right > innerWidth || (fits && (top < 0 || bottom > innerHeight))) {
      faults.add(`beyond the window: ${nameOf(element)}`);
    }
    const [rect] = place.getClientRects();
    const hit = document.elementFromPoint((rect.left + rect.right) / 2, middle(rect));
    if (!hit || !(place.contains(hit) || hit.closest("label")?.control === element)) {
      faults.add(`not reachable: ${nameOf(element)}, below ${told(hit?.outerHTML ?? "nothing")}`);
    }
  }

  // ---- labels ----

  const LABELS = "button, a[class*=button], label, summary, legend, th, dt, [class*=badge]";
  for (const element of root.querySelectorAll(LABELS)) {
    if (!isShown(element)) continue;
    const box = element.getBoundingClientRect();
    for (const node of textsIn(element)) {
      for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
        const range = rangeIn([node], index, index + word.length);
        const beyond = rectsOf(range).some(
          ({ left, right, top, bottom }) =>
            left < box.left - 1 || right > box.right + 1 || top < box.top - 2 || bottom > box.bottom + 2,
        );
        if (beyond || isCut(range)) faults.add(`a label cut off: ${nameOf(element)}`);
      }
    }
  }
  return { faults: [...faults], codes, addresses, controls: controls.length };
}
