//! The Python package's compiled half (feature `python`): the commands as Python calls them, and
//! tables that it takes without copying. What users see is written in Python, in `python/spof`.

mod asking;
mod drawing;
mod reading;
mod table;

use pyo3::prelude::*;

#[pymodule]
fn _spof(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("ONE_SERVER", include_str!("../../scenarios/one-server.yaml"))?;
    module.add_class::<table::Table>()?;
    module.add_function(wrap_pyfunction!(asking::ask, module)?)?;
    module.add_function(wrap_pyfunction!(asking::figures, module)?)?;
    module.add_function(wrap_pyfunction!(asking::run_command_line, module)?)?;
    module.add_function(wrap_pyfunction!(reading::load, module)?)?;
    module.add_function(wrap_pyfunction!(reading::read_table, module)?)?;
    module.add_function(wrap_pyfunction!(drawing::chart, module)?)?;
    module.add_function(wrap_pyfunction!(drawing::site, module)?)?;
    Ok(())
}
