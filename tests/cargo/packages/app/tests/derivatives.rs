use autodiff::autodiff_reverse;

#[autodiff_reverse(dcubes, Duplicated, Active)]
fn cubes(x: &[f64]) -> f64 {
    model::cubes(x)
}

#[test]
fn an_integration_test_differentiates_the_library() {
    let mut gradient = [0.0; 2];
    assert_eq!(dcubes(&[1.0, 2.0], &mut gradient, 1.0), 9.0);
    assert_eq!(gradient, [3.0, 12.0]);
}

#[test]
fn an_integration_test_calls_the_librarys() {
    let mut gradient = [0.0];
    model::dsines(&[0.0], &mut gradient, 1.0);
    assert_eq!(gradient, [1.0]);
}

#[test]
fn a_test_may_fail() {
    assert!(std::env::var_os("FAIL").is_none());
}
