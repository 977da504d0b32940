'use strict';
(() => {
  const doc = document, $ = (query, from = doc) => from.querySelector(query), all = (query, from = doc) => [...from.querySelectorAll(query)];
  const on = (targets, event, run) => targets.forEach(each => each.addEventListener(event, run));
  const make = (name, text, className = '') => Object.assign(doc.createElement(name), {textContent: text, className});

  const state = new URLSearchParams(location.search);
  const keep = (name, value) => {
    value ? state.set(name, value) : state.delete(name);
    history.replaceState(null, '', '?' + state + location.hash);
  };

  for (const radio of all('[name=only]')) if (radio.value === state.get('only')) radio.checked = true;
  on(all('[name=only]'), 'change', ({target}) => keep('only', target.value));
  const folds = all('.fold'), body = fold => fold.closest('tbody'), group = fold => body(fold).dataset.group;
  const other = (state.get('fold') || '').split(',');
  for (const fold of folds) fold.checked = fold.defaultChecked ^ other.includes(body(fold).id);
  const keepFolds = () => keep('fold', folds.filter(fold => fold.checked ^ fold.defaultChecked).map(fold => body(fold).id).join());
  on(folds, 'change', keepFolds);
  on(all('[data-fold]'), 'click', ({target}) => {
    for (const fold of folds) fold.checked = target.dataset.fold === 'open';
    keepFolds();
  });
  all('[name=group]').forEach(select => {
    const choose = () => folds.forEach(fold => {
      body(fold).hidden = ![group(fold), ''].includes(select.value);
      if (select.value === group(fold)) fold.checked = true;
    });
    select.value = state.get('group') || '';
    select.value ||= '';
    choose();
    select.onchange = () => { choose(); keep('group', select.value); };
  });

  // A cell opens in its row.
  const toggle = link => {
    const finding = $(link.hash), old = $('.opened');
    if (old) {
      const back = $('[aria-expanded=true]');
      back.ariaExpanded = false;
      old.home.replaceWith(old.finding);
      old.remove();
      keep('open');
      if (back === link) return;
    }
    const row = link.closest('tr'), opened = Object.assign(make('tr', '', 'opened'), {finding, home: doc.createComment('')});
    finding.replaceWith(opened.home);
    const cell = opened.insertCell();
    cell.colSpan = row.cells.length;
    cell.append(finding);
    row.after(opened);
    link.ariaExpanded = true;
    keep('open', finding.id);
  };
  const cells = all('.matrix td a');
  cells.forEach(link => link.ariaExpanded = false);
  on(cells, 'click', event => { event.preventDefault(); toggle(event.currentTarget); });
  all('.behind').forEach(list => list.open = false);
  const reveal = id => { const link = cells.find(each => each.hash === '#' + id), place = link || doc.getElementById(id); if (place?.closest('.p')) { $('.fold', body(place)).checked = true; link && toggle(link); place.scrollIntoView({block: 'center'}); } };
  reveal(state.get('open') || location.hash.slice(1));
  onhashchange = () => reveal(location.hash.slice(1));
  onkeydown = ({key}) => { const link = key === 'Escape' && $('[aria-expanded=true]'); if (link) { toggle(link); link.focus(); } };
  onbeforeprint = () => all('details[class]').forEach(each => each.open = true);

  on(all('.copy'), 'click', async ({target: button}) => {
    const code = $('code', button.parentNode);
    try { await navigator.clipboard.writeText(code.textContent); button.textContent = 'copied'; }
    catch { getSelection().selectAllChildren(code); button.textContent = 'press Ctrl+C'; }
    setTimeout(() => button.textContent = 'copy', 2000);
  });

  // By the rules of advice.py.
  const form = $('#own form');
  if (!form) return;
  const box = form.closest('details');
  const {same, unknown, musts, cases, caches, reaches} = JSON.parse($('#data').textContent), field = form.elements;
  const digits = x => x >= 99.5 ? Math.round(x).toLocaleString('en') : x >= .095 ? x.toFixed(x >= 9.95 ? 1 : 2).replace(/\.0+$/, '') : String(+x.toPrecision(2));
  const time = s => { const [scale, unit] = [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']].find(([scale]) => s >= .9995 * scale || scale < 1e-8); return digits(s / scale) + ' ' + unit; };
  const times = x => (x >= .995 && x < 99.5 ? x.toFixed(x >= 1.005 && x < 1.095 ? 2 : 1) : digits(x)) + '×';
  const money = x => '$' + x.toLocaleString('en', {minimumFractionDigits: 2, maximumFractionDigits: x < .01 ? 5 : 2});
  const read = () => ({m: +field.m.value || 1, p: +field.p.value || 1, c: +field.c.value || 0, o: +(10 ** field.o.value).toPrecision(2), u: Math.round(10 ** field.u.value),
    need: new FormData(form).getAll('need'), payload: field.payload.value});
  const fill = given => {
    for (const name of ['m', 'p', 'c', 'o', 'u', 'payload']) if (name in given) field[name].value = given[name];
    for (const each of field.need) each.checked = given.need.includes(each.value);
  };

  const misses = (now, scope) => { const many = {instance: now.m * now.p, host: now.m}[scope] || 1; return many * (1 - (1 - 1 / many) ** now.u) / now.u; };
  const cost = (now, cache, origin = now.o) => {
    const share = misses(now, cache.scope), [hit, miss, set] = cache.costs[now.payload];
    return [0, 1, 2].map(bound => (1 - share) * hit[bound] + share * (miss[bound] + origin + set[bound]));
  };
  const few = (names, most = 2) => names.slice(0, most).join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');
  const out = (now, cache) => {
    const lacks = now.need.filter(id => !cache.offers.includes(id)).map(id => musts[id][0]);
    const broken = ['', ...now.need.map(id => musts[id][1])].flatMap(capability => cache.broken[capability] || []);
    return cache.idle || (lacks[0] ? 'lacks: ' + lacks.join(', ') : broken[0] ? 'breaks: ' + few([...new Set(broken)]) : cache.costs[now.payload] ? '' : unknown);
  };

  const show = () => {
    const now = read(), able = [], rest = {};
    for (const cache of caches) { const why = out(now, cache); why ? (rest[why] ||= []).push(cache) : able.push([cache, cost(now, cache)]); }
    able.sort((a, b) => a[1][0] - b[1][0]);
    const best = able.filter(([, [middle, low]]) => low <= able[0][1][2] || middle <= able[0][1][0] * (1 + same));
    field.ot.value = time(now.o); field.ut.value = now.u.toLocaleString('en') + (now.u === 1 ? ' time' : ' times');
    const pick = make('p', best[0] ? 'Take ' : 'None of these will do', 'pick'), table = make('table', '', 'rank');
    best.forEach(([cache], number) => pick.append(number ? ' or ' : '', make('b', cache.name)));
    if (best[1]) pick.append(' ', make('small', 'a tie'));
    const row = (className, name, ...cells) => { const line = table.insertRow(); line.className = className; line.append(Object.assign(make('th', name), {scope: 'row'}), ...cells); };
    for (const each of able) {
      const [cache, [middle]] = each;
      const share = misses(now, cache.scope), titles = [...new Set(Object.values(cache.broken).flat())];
      const note = [`${digits(100 - 100 * share)} % hits`, share < 1 ? 'pays from ' + time(cost(now, cache, 0)[0] / (1 - share)) : '', now.c ? `${money(1000 * share * now.c)} per 1,000 reads, of ${money(1000 * now.c)}` : '', titles[0] ? `breaks: ${few(titles)}` : ''];
      row(best.includes(each) ? 'best' : '', cache.name, make('td', time(middle)), make('td', times(middle / able[0][1][0])), make('td', note.filter(Boolean).join('; '), 'note'));
    }
    const idle = ([why, [cache]]) => cache.idle || why === unknown ? 1 : 0;
    Object.entries(rest).sort((a, b) => idle(a) - idle(b)).forEach(each => row(idle(each) ? 'out idle' : 'out', few(each[1].map(cache => cache.name), 4), Object.assign(make('td', each[0]), {colSpan: 3})));
    $('.result').replaceChildren(pick, table);
    const [seconds, dollars] = all('#own .curves');
    draw(seconds, now.o, name => {
      const cache = caches.find(each => each.name === name && each.costs[now.payload]);
      return [cache && (x => cost(now, cache, x)[0]), able.some(each => each.includes(cache))];
    });
    draw(dollars, now.c, name => [x => 1000 * x * (reaches[name] ? misses(now, reaches[name]) : 1), true]);
    $('.setting').textContent = 'The dashed line is your case.';
  };

  // `find`: values, and if it would do.
  const draw = (chart, at, find) => {
    const [x0, x1, left, right, y0, y1, bottom, top] = chart.dataset.axes.split(' ').map(Number);
    const across = x => left + Math.log(x / x0) / Math.log(x1 / x0) * (right - left);
    const up = y => bottom + Math.log(Math.min(Math.max(y, y0), y1) / y0) / Math.log(y1 / y0) * (top - bottom);
    const lines = all('.line', chart).map(line => {
      const [value, able] = find(line.dataset.name), points = [];
      line.classList.toggle('out', !able);
      if (!value) return null;
      for (let x = x0; x < x1 * 1.01; x *= (x1 / x0) ** (1 / 24)) points.push([across(x), up(value(x))].map(each => each.toFixed(1)));
      $('path', line).setAttribute('d', 'M' + points.join('L'));
      return [$('text', line), up(value(x1))];
    }).filter(Boolean).sort((a, b) => a[1] - b[1]);
    let last = -99;
    for (const [text, y] of lines) { last = Math.max(y, last + 15); text.setAttribute('y', last + 4); }
    for (const end of ['x1', 'x2']) $('.cursor', chart).setAttribute(end, at ? across(at) : -9);
  };

  const own = () => keep('own', new URLSearchParams(new FormData(form)));
  const start = id => { fill(cases[id]); field.case.value = id; show(); };
  on(all('[data-case]'), 'click', ({target}) => { start(target.dataset.case); own(); box.open = true; });
  field.case.onchange = () => { start(field.case.value); own(); };
  form.oninput = ({target}) => { if (target !== field.case) { field.case.selectedIndex = -1; show(); own(); } };
  form.hidden = false;
  start(field.case.value);
  const saved = new URLSearchParams(state.get('own'));
  if (saved.has('o')) { fill({...Object.fromEntries(saved), need: saved.getAll('need')}); field.case.selectedIndex = -1; show(); box.open = true; }
})();
