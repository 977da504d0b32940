'use strict';
(() => {
  const $ = (query, from = document) => from.querySelector(query), all = (query, from = document) => [...from.querySelectorAll(query)];
  const make = (name, text, className = '') => Object.assign(document.createElement(name), { textContent: text, className });

  // Filters, open groups and the form live in the address, so that a view can be sent.
  const state = new URLSearchParams(location.search);
  const keep = (name, value) => {
    value ? state.set(name, value) : state.delete(name);
    const query = state.toString();
    history.replaceState(null, '', (query ? '?' + query : location.pathname) + location.hash);
  };

  const chosen = $(`[name=only][value="${CSS.escape(state.get('only') || '')}"]`);
  if (chosen) chosen.checked = true;
  all('[name=only]').forEach(radio => radio.addEventListener('change', () => keep('only', radio.value === 'all' ? '' : radio.value)));
  const folds = all('.fold'), group = fold => fold.closest('tbody').dataset.group;
  const shut = (state.get('shut') || '').split(',');
  if (state.has('shut')) folds.forEach(fold => { fold.checked = !shut.includes(group(fold)); });
  const keepFolds = () => keep('shut', folds.filter(fold => !fold.checked).map(group).join());
  folds.forEach(fold => fold.addEventListener('change', keepFolds));
  all('[data-fold]').forEach(button => button.addEventListener('click', () => {
    folds.forEach(fold => { fold.checked = button.dataset.fold === 'open'; });
    keepFolds();
  }));

  all('.copy').forEach(button => button.addEventListener('click', async () => {
    const code = $('code', button.parentNode);
    try { await navigator.clipboard.writeText(code.textContent); button.textContent = 'copied'; }
    catch { getSelection().selectAllChildren(code); button.textContent = 'press Ctrl+C'; }
    setTimeout(() => { button.textContent = 'copy'; }, 2000);
  }));
})();
