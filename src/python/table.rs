//! A table of a run. NumPy looks into its memory, and Arrow shares it: nothing is copied.

use crate::questions::rows::RowColumns;
use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int32Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, PrimitiveArray, RecordBatch, RecordBatchIterator, RecordBatchOptions,
    StringArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Field, Schema};
use numpy::ndarray::ArrayView1;
use numpy::{Element, PyArray1, PyArrayMethods};
use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::sync::Arc;

#[pyclass(frozen, module = "spof._spof")]
pub struct Table {
    names: Vec<String>,
    columns: Vec<ArrayRef>,
    length: usize,
}

impl Table {
    fn of(columns: Vec<(String, ArrayRef)>) -> Table {
        let length = columns.first().map_or(0, |(_, column)| column.len());
        let (names, columns) = columns.into_iter().unzip();
        Table { names, columns, length }
    }

    pub fn of_rows(rows: RowColumns) -> Table {
        let RowColumns { ids, classes, class_names, starts_s, latencies_ms, .. } = rows;
        let RowColumns { outcomes, outcome_names, attempts, times_ms, .. } = rows;
        let mut columns = vec![
            ("id".to_owned(), plain::<UInt64Type>(ids)),
            ("class".to_owned(), named(classes, class_names.iter().map(String::as_str))),
            ("start_s".to_owned(), plain::<Float64Type>(starts_s)),
            ("latency_ms".to_owned(), plain::<Float64Type>(latencies_ms)),
            ("outcome".to_owned(), named(outcomes, outcome_names.into_iter())),
            ("attempts".to_owned(), plain::<UInt32Type>(attempts)),
        ];
        columns.extend(times_ms.into_iter().map(|(name, times)| (name, plain::<Float64Type>(times))));
        Table::of(columns)
    }

    /// Columns of text, which become numbers where all their cells are numbers.
    pub fn of_texts(columns: Vec<(String, Vec<String>)>) -> Table {
        Table::of(columns.into_iter().map(|(name, cells)| (name, understood(cells))).collect())
    }

    fn column(&self, name: &str) -> PyResult<&ArrayRef> {
        let place = self.names.iter().position(|known| known == name);
        place.map(|place| &self.columns[place]).ok_or_else(|| PyKeyError::new_err(name.to_owned()))
    }
}

fn plain<Kind: ArrowPrimitiveType>(cells: Vec<Kind::Native>) -> ArrayRef {
    Arc::new(PrimitiveArray::<Kind>::new(cells.into(), None))
}

fn named<'a>(places: Vec<i32>, names: impl Iterator<Item = &'a str>) -> ArrayRef {
    let names = Arc::new(StringArray::from_iter_values(names));
    Arc::new(DictionaryArray::new(PrimitiveArray::<Int32Type>::new(places.into(), None), names))
}

/// Whole numbers, numbers with gaps, or texts.
fn understood(cells: Vec<String>) -> ArrayRef {
    let is_empty = cells.iter().all(String::is_empty);
    if let (false, Ok(whole)) = (is_empty, cells.iter().map(|cell| cell.parse()).collect()) {
        return plain::<Int64Type>(whole);
    }
    let number = |cell: &String| if cell.is_empty() { Ok(f64::NAN) } else { cell.parse() };
    if let (false, Ok(numbers)) = (is_empty, cells.iter().map(number).collect::<Result<Vec<f64>, _>>()) {
        let is_there: NullBuffer = cells.iter().map(|cell| !cell.is_empty()).collect::<Vec<_>>().into();
        let gaps = Some(is_there).filter(|is_there| is_there.null_count() > 0);
        return Arc::new(PrimitiveArray::<Float64Type>::new(numbers.into(), gaps));
    }
    let mut texts = StringBuilder::new();
    cells.iter().for_each(|cell| texts.append_value(cell));
    Arc::new(texts.finish())
}

/// NumPy's view of a column's memory, which only reads it.
fn view<'py, Kind>(table: &Bound<'py, Table>, column: &dyn Array) -> PyResult<Bound<'py, PyAny>>
where
    Kind: ArrowPrimitiveType,
    Kind::Native: Element,
{
    let cells = ArrayView1::from(&column.as_primitive::<Kind>().values()[..]);
    // The array keeps the table alive, whose memory is never moved and never written.
    #[allow(unsafe_code)]
    let array = unsafe { PyArray1::borrow_from_array(&cells, table.clone().into_any()) };
    array.try_readwrite()?.make_nonwriteable();
    Ok(array.into_any())
}

#[pymethods]
impl Table {
    #[getter]
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn __len__(&self) -> usize {
        self.length
    }

    /// The numbers of a column; of a column of names, their places among `texts`; of one of texts,
    /// nothing.
    fn numbers<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let column = slf.get().column(name)?;
        let numbers = match column.data_type() {
            DataType::Float64 => view::<Float64Type>(slf, column)?,
            DataType::Int64 => view::<Int64Type>(slf, column)?,
            DataType::UInt64 => view::<UInt64Type>(slf, column)?,
            DataType::UInt32 => view::<UInt32Type>(slf, column)?,
            DataType::Dictionary(..) => {
                let places = column.as_dictionary::<Int32Type>().keys();
                view::<Int32Type>(slf, places)?
            }
            _ => return Ok(None),
        };
        Ok(Some(numbers))
    }

    /// The texts of a column, or the names that its numbers stand for.
    fn texts(&self, name: &str) -> PyResult<Option<Vec<String>>> {
        let column = self.column(name)?;
        let texts = match column.data_type() {
            DataType::Utf8 => column.as_string::<i32>(),
            DataType::Dictionary(..) => column.as_dictionary::<Int32Type>().values().as_string::<i32>(),
            _ => return Ok(None),
        };
        Ok(Some(texts.iter().map(|text| text.unwrap_or_default().to_owned()).collect()))
    }

    /// The Arrow PyCapsule interface, by which pandas, Polars, pyarrow and others take it.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A producer may leave a request for other types unheard.
        let _ = requested_schema;
        let field = |(name, column): (&String, &ArrayRef)| {
            Field::new(name, column.data_type().clone(), column.null_count() > 0)
        };
        let fields: Vec<Field> = self.names.iter().zip(&self.columns).map(field).collect();
        let schema = Arc::new(Schema::new(fields));
        let options = RecordBatchOptions::new().with_row_count(Some(self.length));
        let batch = RecordBatch::try_new_with_options(schema.clone(), self.columns.clone(), &options);
        let batch = batch.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        let stream = FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}
