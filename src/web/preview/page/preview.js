// What the page does by itself where scripts run: it follows the files, and it listens to keys. Without it links and forms do the same.
'use strict';
(() => {
    const body = document.body;
    const parts = () => [...document.querySelectorAll('[data-part]')];
    let version = body.dataset.version;
    let turn = 0;

    const place = frame => {
        try { return [frame.contentWindow.scrollX, frame.contentWindow.scrollY]; } catch { return [0, 0]; }
    };

    // The letter keeps its place where only its words have changed.
    const keepPlace = (before, after) => {
        if (!before || !after || before.className !== after.className) return;
        // Asked now: a frame that is taken out has no place any more.
        const [x, y] = place(before);
        after.addEventListener('load', () => { try { after.contentWindow.scrollTo(x, y); } catch { /* it begins at its top then */ } });
    };

    const exchange = (old, fresh) => {
        if (old.innerHTML === fresh.innerHTML) return;
        const frame = old.querySelector('iframe');
        const freshFrame = fresh.querySelector('iframe');
        if (frame && freshFrame && frame.getAttribute('src') === freshFrame.getAttribute('src')) {
            // A frame that is moved is loaded anew: everything around it is exchanged instead.
            const around = [...old.children];
            const freshAround = [...fresh.children];
            const at = around.findIndex(one => one.contains(frame));
            const freshAt = freshAround.findIndex(one => one.contains(freshFrame));
            around.forEach((one, index) => { if (index !== at) one.remove(); });
            freshAround.forEach((one, index) => { if (index < freshAt) old.insertBefore(one, around[at]); });
            freshAround.forEach((one, index) => { if (index > freshAt) old.append(one); });
            return;
        }
        keepPlace(frame, freshFrame);
        old.replaceChildren(...fresh.childNodes);
    };

    // Puts the page of this address into this one; the focus and the place stay where they are.
    const renew = async (address, isByItself) => {
        const mine = ++turn;
        const answer = await fetch(address);
        if (!answer.ok) throw new Error(String(answer.status));
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
        if (mine !== turn) return;
        const focus = document.activeElement && document.activeElement.id;
        const open = new Set([...document.querySelectorAll('details[open]')].map(one => one.id));
        for (const part of parts()) {
            const other = fresh.getElementById(part.id);
            // Whoever is typing is not disturbed.
            if (other && !(isByItself && part.id === 'choice' && part.contains(document.activeElement))) exchange(part, other);
        }
        for (const one of document.querySelectorAll('details')) if (open.has(one.id)) one.open = true;
        const again = focus && document.getElementById(focus);
        if (again && again !== document.activeElement) again.focus({ preventScroll: true });
        document.title = fresh.title;
        body.dataset.keys = fresh.body.dataset.keys;
        version = fresh.body.dataset.version;
        follows();
    };

    const follows = says => {
        const line = document.querySelector('.follow');
        if (line) line.textContent = says || 'This page follows your files.';
    };

    const go = (address, isBack) => renew(address)
        .then(() => { if (!isBack) history.pushState(null, '', address); })
        .catch(() => location.assign(address));

    document.addEventListener('click', event => {
        const link = event.target.closest && event.target.closest('a[href^="?"]');
        if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        go(link.href);
    });
    addEventListener('popstate', () => go(location.href, true));

    document.addEventListener('keydown', event => {
        if (body.dataset.keys !== 'on' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
        if (event.target.closest && event.target.closest('input, select, textarea, pre, .wide')) return;
        const name = event.key.startsWith('Arrow') && event.shiftKey ? `Shift+${event.key}` : event.key;
        const link = [...document.querySelectorAll('[data-key]')].find(one => one.dataset.key === name);
        if (!link) return;
        event.preventDefault();
        go(link.href);
    });

    // On a narrow window the controls are folded, so that the letter is seen; on a wide one they always stand there.
    const controls = document.getElementById('controls');
    const narrow = matchMedia('(max-width:40rem)');
    const fold = () => { if (!controls.contains(document.activeElement)) controls.open = !narrow.matches; };
    narrow.addEventListener('change', () => { if (!narrow.matches) controls.open = true; else fold(); });
    fold();

    const pause = time => new Promise(done => { setTimeout(done, time); });
    const seen = () => document.hidden && new Promise(done => { document.addEventListener('visibilitychange', done, { once: true }); });

    // Asks, one question after another, whether the files have changed; a window that nobody sees asks nothing.
    const follow = async () => {
        follows();
        for (;;) {
            await seen();
            try {
                const answer = await fetch(`wait?seen=${version}`);
                if (!answer.ok) throw new Error(String(answer.status));
                const now = await answer.text();
                if (now !== version) await renew(location.href, true);
            } catch {
                follows('The preview has ended: start `tidings preview` again.');
                await pause(2000);
            }
        }
    };
    follow();
})();
