// What every page of the site has: buttons that copy a block of text.
"use strict";
(() => {
  /** Copy a block; where the browser does not allow it, select its text. */
  async function copy(block, button) {
    try {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(block);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 3000);
  }

  for (const block of document.querySelectorAll("pre.copyable")) {
    const button = tarot.element("button.copy", { type: "button", onclick: () => copy(block, button) }, "Copy");
    block.after(button);
  }
})();
