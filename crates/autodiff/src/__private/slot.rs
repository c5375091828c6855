use core::mem::ManuallyDrop;

/// A by-value parameter on its way through a thin reference.
#[repr(transparent)]
pub struct Slot<T>(ManuallyDrop<T>);

impl<T> Slot<T> {
    #[inline]
    pub fn new(value: T) -> Self {
        Self(ManuallyDrop::new(value))
    }

    /// Moves the value out. Only the generated `source` calls this, once for each `Slot::new`: the value
    /// goes on into the primal, and the slot is never read again. A slot that is not taken from is leaked.
    #[inline]
    pub fn take(&mut self) -> T {
        // SAFETY: see above. An `Option` would need no `unsafe`, but puts a tag and a branch with a panic
        // into the code that is differentiated, and for `Dual` a tag into the shadow.
        unsafe { ManuallyDrop::take(&mut self.0) }
    }
}
