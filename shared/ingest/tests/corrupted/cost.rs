//! What reading a file costs: time on a processor, memory, and panics, those too that the reader holds back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Panics are counted, those too that the reader holds back.
fn count_panics() {
    let before = std::panic::take_hook();
    let here = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(usize::from(std::thread::current().id() == here), Ordering::SeqCst);
        before(info);
    }));
}

/// Time that this thread had on a processor: what others do on the same machine does not count. Elsewhere, the clock's.
fn spent(since: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// A figure of this process in kB, where the system tells.
fn figure(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// One kind at a time, so that the memory is its own.
static TURN: Mutex<()> = Mutex::new(());

/// What the files of one kind cost.
pub(crate) struct Cost {
    _turn: MutexGuard<'static, ()>,
    start: Instant,
    before: Option<usize>,
    longest: (Duration, u64),
}

impl Cost {
    pub(crate) fn start() -> Self {
        count_panics();
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        // The system forgets the highest mark, so that it is this kind's from now on.
        let forgot = std::fs::write("/proc/self/clear_refs", "5").is_ok();
        let before = figure("VmRSS").filter(|_| forgot);
        Self { _turn: turn, start: Instant::now(), before, longest: (Duration::ZERO, 0) }
    }

    /// Reads one file: no panic, not even one that the reader holds back, and not longer than two seconds of an unoptimised
    /// build.
    pub(crate) fn of<T>(&mut self, what: &str, seed: u64, work: impl FnOnce() -> T) -> T {
        let before = spent(self.start);
        let result = work();
        let took = spent(self.start).saturating_sub(before);
        assert!(took < Duration::from_secs(2), "{what} {seed} took {took:?}");
        self.longest = self.longest.max((took, seed));
        assert_eq!(PANICS.load(Ordering::SeqCst), 0, "{what} {seed} panicked inside");
        result
    }

    /// All of them together never held more than so many MB beyond what was there before.
    #[expect(clippy::print_stdout, reason = "the figures are printed on purpose")]
    pub(crate) fn held_less_than(self, what: &str, megabytes: usize) {
        let held = figure("VmHWM").zip(self.before).map(|(peak, before)| peak.saturating_sub(before));
        println!("{what}: longest {:?} (file {}), most memory {held:?} kB", self.longest.0, self.longest.1);
        // A system that does not tell proves nothing; ours does.
        let held = held.unwrap_or(if cfg!(target_os = "linux") { usize::MAX } else { 0 });
        assert!(held < megabytes * 1024, "{what}: {held} kB");
    }
}
